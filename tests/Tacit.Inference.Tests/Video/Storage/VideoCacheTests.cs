using System.Text.Json.Nodes;
using Tacit.Graphs;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;

namespace Tacit.Inference.Tests.Video.Storage;

public sealed partial class VideoCacheTests : IClassFixture<VideoFolderFixture>, IDisposable
{
    private static readonly VideoCacheOptions Small = new() { ShortSide = 24, Parallelism = 2 };

    private readonly TemporaryFolder _folder = new();
    private readonly VideoSet _set;

    public VideoCacheTests(VideoFolderFixture videos) => _set = videos.CopyTo(_folder);

    private string Folder => _folder.File("cache");

    private string Index => _folder.File("cache/cache.json");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Holds_every_frame_scaled_down_but_never_enlarged()
    {
        using var cache = await BuildAsync();

        Assert.Equal(
            [new("a.mp4", 30, 24, 32, 30), new("b/c.mp4", 100, 48, 24, 25), new StoredVideo("d.avi", 5, 16, 32, 30)],
            cache.Videos
        );
        Assert.Equal((3, 24), (cache.Decoded, cache.ShortSide));
        for (var video = 0; video < 3; video++)
        {
            Assert.Equal(
                Enumerable.Range(0, cache.Videos[video].Frames),
                await NumbersAsync(cache, video, [.. Enumerable.Range(0, cache.Videos[video].Frames)])
            );
        }
    }

    [Fact]
    public async Task Gives_frames_in_the_order_asked_for_and_as_often()
    {
        using var cache = await BuildAsync();

        Assert.Equal([99, 0, 50, 50, 1], await NumbersAsync(cache, 1, [99, 0, 50, 50, 1]));
    }

    [Fact]
    public async Task Read_by_many_threads_it_gives_what_decoding_gives()
    {
        using var cache = await BuildAsync();
        var direct = new List<byte[]>();
        var info = await new VideoProbe().RunAsync(_set.Items[1].Path, default);
        await foreach (var chunk in new VideoReader().ReadAllAsync(info, FrameSize.ShortSide(24), 7, default))
        {
            direct.AddRange(Enumerable.Range(0, chunk.Count).Select(frame => chunk[frame].ToArray()));
        }

        await Parallel.ForAsync(
            0,
            400,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (i, token) =>
            {
                int[] frames = [i % 100, i * 7 % 100, i * 31 % 100];
                var read = await cache.ReadAsync(1, frames, token);
                Assert.Equal(frames.SelectMany(frame => direct[frame]), read.Pixels.ToArray());
            }
        );
    }

    [Fact]
    public async Task Gives_what_live_decoding_gives()
    {
        new GeneratedVideo
        {
            IsVariable = true,
            BFrames = 2,
            IsOpen = true,
            Frames = 80,
        }.Write(_folder.File("set/variable.mkv"));
        new GeneratedVideo
        {
            Rotation = 90,
            BFrames = 3,
            Width = 48,
            Height = 64,
        }.Write(_folder.File("set/turned.mp4"));
        var set = VideoSet.Read(_set.Path);
        using var cache = await VideoCache.BuildAsync(set, Folder, Small);
        using var live = await LiveVideos.OpenAsync(set, Small);

        Assert.Equal(cache.Videos, live.Videos);
        foreach (var frames in new int[][] { [0], [4, 2, 2, 0], [98, 3, 97, 20] })
        {
            for (var video = 0; video < 5; video++)
            {
                int[] asked = [.. frames.Select(frame => frame % cache.Videos[video].Frames)];
                var (cached, decoded) = (await cache.ReadAsync(video, asked, default), await live.ReadAsync(video, asked, default));
                Assert.Equal(cached.Pixels, decoded.Pixels);
            }
        }
    }

    [Fact]
    public async Task Gives_what_live_decoding_gives_of_real_clips()
    {
        var list = SharedFiles.FightSurveillance;
        GeneratedVideo.SkipWithoutFfmpeg();
        var set = VideoSet.Read(list).Choose(item => item.Name is "fight/fi001.mp4" or "noFight/nofi100.mp4");
        using var cache = await VideoCache.BuildAsync(set, Folder);
        using var live = await LiveVideos.OpenAsync(set);

        Assert.Equal(cache.Videos, live.Videos);
        for (var video = 0; video < 2; video++)
        {
            int[] frames = [cache.Videos[video].Frames - 1, 3, 11];
            var (cached, decoded) = (await cache.ReadAsync(video, frames, default), await live.ReadAsync(video, frames, default));
            Assert.Equal(128, Math.Min(cached.Height, cached.Width));
            Assert.Equal(cached.Pixels, decoded.Pixels);
        }
    }

    [Fact]
    public async Task Takes_the_bytes_that_were_estimated()
    {
        var estimate = await VideoCache.EstimateAsync(_set, Small);
        using var cache = await BuildAsync();

        Assert.Equal(
            (estimate, estimate),
            (cache.Bytes, Directory.EnumerateFiles(_folder.File("cache/frames")).Sum(file => new FileInfo(file).Length))
        );
    }

    [Fact]
    public async Task Opens_without_the_videos()
    {
        (await BuildAsync()).Dispose();
        Directory.Delete(_set.Path, recursive: true);

        using var cache = VideoCache.Open(Folder);

        Assert.Equal([7], await NumbersAsync(cache, 0, [7]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("no json")]
    [InlineData("{\"_type\":\"VideoCache\",\"_version\":1,\"set\":\"s\",\"shortSide\":24,\"videos\":[],\"unreadable\":[]}")]
    [InlineData("{\"_type\":\"VideoCache\",\"_version\":1,\"set\":\"s\",\"shortSide\":24,\"videos\":[null],\"unreadable\":[]}")]
    public async Task A_damaged_index_is_refused_and_mended_without_decoding(string text)
    {
        (await BuildAsync()).Dispose();
        await File.WriteAllTextAsync(Index, text);

        Assert.Equal(
            $"{Index} is damaged; build the cache again",
            Assert.Throws<InvalidFileException>(() => VideoCache.Open(Folder)).Message
        );
        using var mended = await BuildAsync();
        Assert.Equal((0, 3), (mended.Decoded, mended.Videos.Length));
        VideoCache.Open(Folder).Dispose();
    }

    [Fact]
    public async Task An_index_cut_off_anywhere_or_with_any_number_changed_is_refused()
    {
        (await BuildAsync()).Dispose();
        var bytes = await File.ReadAllBytesAsync(Index);
        for (var length = 0; length < bytes.Length; length += 13)
        {
            await File.WriteAllBytesAsync(Index, bytes[..length]);
            Assert.Throws<InvalidFileException>(() => VideoCache.Open(Folder));
        }

        foreach (var name in new[] { "offset", "frames", "height", "width", "file" })
        {
            var json = JsonNode.Parse(bytes)!;
            json["videos"]![1]![name] = name == "file" ? "../cache.json" : -1;
            await File.WriteAllTextAsync(Index, json.ToJsonString());
            Assert.Throws<InvalidFileException>(() => VideoCache.Open(Folder));
        }
    }

    [Fact]
    public async Task The_index_says_what_it_is_and_where_frames_lie()
    {
        using var cache = await BuildAsync();

        var json = JsonNode.Parse(await File.ReadAllTextAsync(Index))!;
        Assert.Equal("VideoCache 1 24", $"{json["_type"]} {json["_version"]} {json["shortSide"]}");
        var video = json["videos"]![1]!;
        Assert.Equal(
            $"b/c.mp4 {_set.Items[1].Path} {new FileInfo(_set.Items[1].Path).Length} 100 48 24 25",
            $"{video["name"]} {video["path"]} {video["bytes"]} {video["frames"]} {video["height"]} {video["width"]} {video["frameRate"]}"
        );
        var file = await File.ReadAllBytesAsync(_folder.File($"cache/frames/{video["file"]}"));
        var frame = await cache.ReadAsync(1, new[] { 3 }, default);
        Assert.Equal(frame.Pixels, file.AsSpan((int)video["offset"]! + 3 * 3 * 48 * 24, 3 * 48 * 24));
    }

    [Fact]
    public async Task Leaves_out_and_names_what_cannot_be_read()
    {
        _folder.Write("set/bad.mp4", "no video"u8.ToArray());
        _folder.Write("set/none.mp4", []);

        using var cache = await VideoCache.BuildAsync(VideoSet.Read(_set.Path), Folder, Small with { MaxBad = 0.4 });

        Assert.Equal(["a.mp4", "b/c.mp4", "d.avi"], cache.Videos.Select(video => video.Name));
        Assert.Equal(["bad.mp4", "none.mp4"], cache.Unreadable.Select(video => video.Name));
        Assert.Equal("the file is empty", cache.Unreadable[1].Reason);
        using var opened = VideoCache.Open(Folder);
        Assert.Equal(cache.Unreadable, opened.Unreadable);
    }

    [Fact]
    public async Task A_video_that_turns_out_to_be_damaged_in_the_middle_is_left_out_whole()
    {
        VideoFolderFixture.WriteDamaged(_folder.File("set/damaged.mkv"));

        using var cache = await VideoCache.BuildAsync(VideoSet.Read(_set.Path), Folder, Small with { MaxBad = 0.4 });

        var damaged = Assert.Single(cache.Unreadable);
        Assert.Equal("damaged.mkv", damaged.Name);
        Assert.StartsWith("frame ", damaged.Reason, StringComparison.Ordinal);
        Assert.Equal(3, Directory.EnumerateFiles(_folder.File("cache/frames")).Count());
    }

    [Fact]
    public async Task Refuses_a_set_of_which_too_much_cannot_be_read()
    {
        _folder.Write("set/none.mp4", []);

        var exception = await Assert.ThrowsAsync<InvalidDatasetException>(() =>
            VideoCache.BuildAsync(VideoSet.Read(_set.Path), Folder, Small with { MaxBad = 0.2 })
        );

        Assert.Equal(
            $"{_set.Path}: 1 of 4 videos cannot be read, more than the 20 % allowed: none.mp4 (the file is empty)",
            exception.Message
        );
    }

    [Fact]
    public async Task Refuses_a_set_of_which_nothing_can_be_read_even_if_all_is_allowed()
    {
        _folder.Write("bad/none.mp4", []);

        await Assert.ThrowsAsync<InvalidDatasetException>(() =>
            VideoCache.BuildAsync(VideoSet.Read(_folder.File("bad")), Folder, Small with { MaxBad = 1 })
        );
    }

    [Fact]
    public async Task Does_not_touch_a_folder_of_other_files()
    {
        _folder.Write("other/frames/precious.rgb", [1]);

        var exception = await Assert.ThrowsAsync<InvalidDatasetException>(() => VideoCache.BuildAsync(_set, _folder.File("other"), Small));

        Assert.Equal(
            $"{_folder.File("other")} holds other files and no cache; name a new or empty folder for the cache",
            exception.Message
        );
        Assert.Single(Directory.EnumerateFiles(_folder.File("other"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Says_that_its_place_is_a_file() =>
        Assert.Equal(
            $"{_set.Items[0].Path} is a file; a cache of videos is a folder",
            (await Assert.ThrowsAsync<InvalidDatasetException>(() => VideoCache.BuildAsync(_set, _set.Items[0].Path, Small))).Message
        );

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(3, 0)]
    [InlineData(0, -1)]
    [InlineData(0, 30)]
    public async Task Says_that_there_is_no_such_frame(int video, int frame)
    {
        using var cache = await BuildAsync();

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await cache.ReadAsync(video, new[] { frame }, default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await cache.ReadAsync(0, Array.Empty<int>(), default));
    }

    [Fact]
    public async Task Is_not_read_after_it_was_closed()
    {
        var cache = await BuildAsync();
        await cache.ReadAsync(0, new[] { 0 }, default);

        cache.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await cache.ReadAsync(0, new[] { 0 }, default));
    }

    [Fact]
    public async Task A_file_that_shrank_is_refused_rather_than_read_beyond_its_end()
    {
        using var cache = await BuildAsync();
        foreach (var file in Directory.EnumerateFiles(_folder.File("cache/frames")))
        {
            await File.WriteAllBytesAsync(file, new byte[100]);
        }

        await Assert.ThrowsAsync<InvalidFileException>(async () => await cache.ReadAsync(0, new[] { 0 }, default));
    }

    private static async Task<IEnumerable<int>> NumbersAsync(IFrameStore store, int video, int[] frames)
    {
        var read = await store.ReadAsync(video, frames, default);
        return [.. Enumerable.Range(0, read.Count).Select(frame => GeneratedVideo.NumberOf(read[frame], read.Width, read.Height))];
    }

    private int Whole() =>
        !Directory.Exists(_folder.File("cache/frames"))
            ? 0
            : Directory.EnumerateFiles(_folder.File("cache/frames"), "*.rgb").Count(file => !Path.GetFileName(file).StartsWith('.'));

    private Task<VideoCache> BuildAsync(VideoCacheOptions? options = null) => VideoCache.BuildAsync(_set, Folder, options ?? Small);

    private sealed class Report(Action<VideoSetProgress> report) : IProgress<VideoSetProgress>
    {
        void IProgress<VideoSetProgress>.Report(VideoSetProgress value) => report(value);
    }
}
