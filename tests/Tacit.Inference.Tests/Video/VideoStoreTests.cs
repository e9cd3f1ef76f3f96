using Tacit.Inference.Video;

namespace Tacit.Inference.Tests.Video;

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
    public async Task Makes_no_folder_where_no_cache_is_wanted()
    {
        using var opened = await VideoStore.OpenAsync(videos.CopyTo(_folder), _folder.File("cache"), 0, Small);

        Assert.IsType<LiveVideos>(opened.Store);
        Assert.False(Directory.Exists(_folder.File("cache")));
    }
}
