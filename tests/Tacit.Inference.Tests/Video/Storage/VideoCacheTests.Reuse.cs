using System.Text.Json.Nodes;
using Tacit.Graphs;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;

namespace Tacit.Inference.Tests.Video.Storage;

/// <summary>Tests which frames of a cache are kept, decoded again or refused.</summary>
public sealed partial class VideoCacheTests
{
    [Fact]
    public async Task Is_decoded_once()
    {
        (await BuildAsync()).Dispose();

        using var again = await BuildAsync();

        Assert.Equal(0, again.Decoded);
        Assert.Equal([42], await NumbersAsync(again, 1, [42]));
    }

    [Fact]
    public async Task A_source_of_another_time_is_decoded_anew()
    {
        (await BuildAsync()).Dispose();
        File.SetLastWriteTimeUtc(_set.Items[0].Path, new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));

        using var again = await BuildAsync();

        Assert.Equal(1, again.Decoded);
        Assert.Equal(3, Directory.EnumerateFiles(_folder.File("cache/frames")).Count());
    }

    [Fact]
    public async Task A_source_of_another_size_is_decoded_anew()
    {
        (await BuildAsync()).Dispose();
        var (path, time) = (_set.Items[2].Path, File.GetLastWriteTimeUtc(_set.Items[2].Path));
        new GeneratedVideo
        {
            Width = 32,
            Height = 16,
            Frames = 9,
            Codec = "mpeg4",
        }.Write(path);
        File.SetLastWriteTimeUtc(path, time);

        using var again = await BuildAsync();

        Assert.Equal((1, 9), (again.Decoded, again.Videos[2].Frames));
    }

    [Fact]
    public async Task Another_short_side_is_refused_and_nothing_lost()
    {
        (await BuildAsync()).Dispose();

        var refused = await Assert.ThrowsAsync<InvalidDatasetException>(() => BuildAsync(Small with { ShortSide = 16 }));

        Assert.Equal(
            $"the frames in the cache {Folder} have the short side 24, not 16; name another folder, or ask for 24",
            refused.Message
        );
        Assert.Equal(
            refused.Message,
            Assert.Throws<InvalidDatasetException>(() => VideoCache.Check(_set, Folder, Small with { ShortSide = 16 })).Message
        );
        Assert.Equal(24, VideoCache.ShortSideIn(Folder));
        using var again = await BuildAsync();
        Assert.Equal(0, again.Decoded);
    }

    [Fact]
    public async Task Another_set_is_refused_and_nothing_lost()
    {
        (await BuildAsync()).Dispose();
        var other = new VideoSet(_folder.File("other"), _set.Items.Skip(1));

        var refused = await Assert.ThrowsAsync<InvalidDatasetException>(() => VideoCache.BuildAsync(other, Folder, Small));

        Assert.Equal($"the cache {Folder} holds other videos ({_set.Path}) than {other.Path}; name another folder", refused.Message);
        await Assert.ThrowsAsync<InvalidDatasetException>(() => VideoStore.OpenAsync(other, Folder, options: Small));
        using var again = await BuildAsync();
        Assert.Equal(0, again.Decoded);
    }

    [Fact]
    public async Task The_same_videos_from_another_place_are_the_same_set()
    {
        (await BuildAsync()).Dispose();

        using var again = await VideoCache.BuildAsync(new VideoSet(_folder.File("moved"), _set.Items), Folder, Small);

        Assert.Equal(0, again.Decoded);
    }

    [Fact]
    public async Task A_cache_that_was_begun_is_refused_to_another_set()
    {
        using var source = new CancellationTokenSource();
        var stop = new Report(progress =>
        {
            if (progress.Stage == "decoding" && Whole() == 1)
            {
                source.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            VideoCache.BuildAsync(_set, Folder, Small with { Parallelism = 1 }, stop, source.Token)
        );
        var other = new VideoSet(_folder.File("other"), _set.Items.Skip(1));

        await Assert.ThrowsAsync<InvalidDatasetException>(() => VideoCache.BuildAsync(other, Folder, Small));

        Assert.Equal(1, Whole());
    }

    [Fact]
    public async Task Nothing_is_removed_where_there_is_no_room_even_then()
    {
        (await BuildAsync()).Dispose();

        Assert.Throws<IOException>(() => new VideoCacheFolder(Folder).MakeRoom([], long.MaxValue / 2));

        Assert.Equal(3, Whole());
    }

    [Fact]
    public async Task Another_short_side_may_replace_the_cache()
    {
        (await BuildAsync()).Dispose();

        using var again = await BuildAsync(Small with { ShortSide = 16, Replace = true });

        Assert.Equal((3, 16), (again.Decoded, again.Videos[0].Height));
        Assert.Equal(3, Directory.EnumerateFiles(_folder.File("cache/frames")).Count());
    }

    [Fact]
    public async Task A_video_that_left_the_set_leaves_the_cache()
    {
        (await BuildAsync()).Dispose();

        using var again = await VideoCache.BuildAsync(_set.Choose(item => item.Name != "a.mp4"), Folder, Small);

        Assert.Equal((0, 2), (again.Decoded, again.Videos.Length));
        Assert.Equal(2, Directory.EnumerateFiles(_folder.File("cache/frames")).Count());
    }

    [Fact]
    public async Task Labels_may_change_without_decoding()
    {
        (await BuildAsync()).Dispose();
        var labelled = new VideoSet(_set.Path, _set.Items.Select(item => item with { Label = "x", Source = "s", Split = "train" }));

        (await VideoCache.BuildAsync(labelled, Folder, Small)).Dispose();
        using var opened = VideoCache.Open(Folder);

        Assert.All(opened.Videos, video => Assert.Equal(("x", "s", "train"), (video.Label, video.Source, video.Split)));
    }

    [Fact]
    public async Task Stopped_in_the_middle_it_keeps_what_is_whole_and_goes_on_with_the_rest()
    {
        using var source = new CancellationTokenSource();
        var stop = new Report(progress =>
        {
            if (progress.Stage == "decoding" && Whole() == 1)
            {
                source.Cancel();
            }
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            VideoCache.BuildAsync(_set, Folder, Small with { Parallelism = 1 }, stop, source.Token)
        );

        Assert.Equal(1, Whole());
        Assert.False(File.Exists(Index));
        Assert.Empty(Directory.EnumerateFiles(_folder.File("cache/frames"), "*.tmp"));
        Assert.StartsWith(
            "there is no complete cache in",
            Assert.Throws<InvalidFileException>(() => VideoCache.Open(Folder)).Message,
            StringComparison.Ordinal
        );
        using var rest = await BuildAsync();
        Assert.Equal((2, 3), (rest.Decoded, rest.Videos.Length));
        Assert.Equal([0, 99], await NumbersAsync(rest, 1, [0, 99]));
    }

    [Fact]
    public async Task Files_that_a_killed_process_left_are_removed_or_decoded_anew()
    {
        (await BuildAsync()).Dispose();
        _folder.Write("cache/frames/.abc.rgb.0123.tmp", [1, 2, 3]);
        using (var torn = new FileStream(Directory.EnumerateFiles(_folder.File("cache/frames"), "*.rgb").First(), FileMode.Open))
        {
            torn.SetLength(torn.Length - 1);
        }

        using var again = await BuildAsync();

        Assert.Equal((1, 3), (again.Decoded, Directory.EnumerateFiles(_folder.File("cache/frames")).Count()));
    }
}
