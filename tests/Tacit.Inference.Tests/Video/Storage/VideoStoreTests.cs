using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Storage;

namespace Tacit.Inference.Tests.Video.Storage;

public sealed class VideoStoreTests(VideoFolderFixture videos) : IClassFixture<VideoFolderFixture>, IDisposable
{
    private static readonly VideoCacheOptions Small = new() { ShortSide = 24 };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Takes_a_cache_where_it_fits_exactly_and_else_none()
    {
        var set = videos.CopyTo(_folder);
        var bytes = await VideoCache.EstimateAsync(set, Small);

        using var fits = await VideoStore.OpenAsync(set, _folder.File("cache"), bytes, Small);
        using var tight = await VideoStore.OpenAsync(set, _folder.File("other"), bytes - 1, Small);

        Assert.Equal((bytes, bytes), (fits.CacheBytes, tight.CacheBytes));
        Assert.IsType<VideoCache>(fits.Store);
        Assert.IsType<LiveVideos>(tight.Store);
        Assert.Equal(fits.Store.Videos, tight.Store.Videos);
    }

    [Fact]
    public async Task Leaves_a_cache_that_is_there_for_live_videos_where_less_is_allowed()
    {
        var set = videos.CopyTo(_folder);
        (await VideoStore.OpenAsync(set, _folder.File("cache"), options: Small)).Dispose();

        using var live = await VideoStore.OpenAsync(set, _folder.File("cache"), 1, Small);

        Assert.IsType<LiveVideos>(live.Store);
        using var cache = VideoCache.Open(_folder.File("cache"));
        Assert.Equal(cache.Videos, live.Store.Videos);
    }

    [Fact]
    public async Task Videos_without_room_for_a_cache_are_probed_once()
    {
        using var programs = new FakePrograms();
        var options = Small with { Ffmpeg = programs.Options };
        var set = videos.CopyTo(_folder);
        using var first = await VideoStore.OpenAsync(set, _folder.File("cache"), 1, options);
        var probed = Probings(programs);

        using var second = await VideoStore.OpenAsync(set, _folder.File("cache"), 1, options);
        Assert.Equal(probed, Probings(programs));
        Assert.Equal(first.Store.Videos, second.Store.Videos);
        Assert.Equal(first.CacheBytes, second.CacheBytes);
        var (live, known) = (
            await first.Store.ReadAsync(1, new[] { 90, 3 }, default),
            await second.Store.ReadAsync(1, new[] { 90, 3 }, default)
        );
        Assert.Equal(live.Pixels, known.Pixels);
        Assert.Equal(probed, Probings(programs));

        File.SetLastWriteTimeUtc(set.Items[0].Path, new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        using var third = await VideoStore.OpenAsync(set, _folder.File("cache"), 1, options);
        Assert.True(Probings(programs) > probed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("{}")]
    public async Task What_is_known_of_videos_may_be_damaged(string text)
    {
        var set = videos.CopyTo(_folder);
        using var first = await VideoStore.OpenAsync(set, _folder.File("cache"), 1, Small);
        await File.WriteAllTextAsync(_folder.File("cache/probes.json"), text);

        using var second = await VideoStore.OpenAsync(set, _folder.File("cache"), 1, Small);

        Assert.Equal(first.Store.Videos, second.Store.Videos);
    }

    [Fact]
    public async Task Makes_no_folder_where_no_cache_is_wanted()
    {
        var set = videos.CopyTo(_folder);

        using var opened = await VideoStore.OpenAsync(set, _folder.File("cache"), 0, Small);
        using var also = await VideoStore.OpenAsync(set, null, options: Small);

        Assert.IsType<LiveVideos>(opened.Store);
        Assert.IsType<LiveVideos>(also.Store);
        Assert.False(Directory.Exists(_folder.File("cache")));
    }

    private static int Probings(FakePrograms programs) => File.ReadAllLines(programs.File("ffprobe.log")).Length;
}
