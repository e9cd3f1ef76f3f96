using System.Text.Json.Nodes;
using Tacit.Graphs;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;

namespace Tacit.Inference.Tests.Video.Storage;

/// <summary>Tests caches that several builders and readers use.</summary>
public sealed partial class VideoCacheTests
{
    [Fact]
    public async Task Who_comes_while_another_builds_waits_and_then_has_nothing_to_decode()
    {
        Task<VideoCache>? coming = null;
        var waiting = new TaskCompletionSource();
        var told = new Report(progress => _ = progress.Stage == "waiting" && waiting.TrySetResult());
        var building = new Report(progress =>
        {
            if (progress.Stage == "decoding" && coming is null)
            {
                coming = Task.Run(() => VideoCache.BuildAsync(_set, Folder, Small, told));
                Assert.True(waiting.Task.Wait(TimeSpan.FromMinutes(1)));
            }
        });

        using var first = await VideoCache.BuildAsync(_set, Folder, Small with { Parallelism = 1 }, building);
        using var second = await coming!;

        Assert.Equal((3, 0), (first.Decoded, second.Decoded));
        Assert.Equal(first.Videos, second.Videos);
    }

    [Fact]
    public async Task Waiting_can_be_cancelled()
    {
        Directory.CreateDirectory(Folder);
        using var held = FileLock.TryTake(_folder.File("cache/.lock"));
        using var source = new CancellationTokenSource();
        var told = new Report(progress => _ = progress.Stage == "waiting" ? source.CancelAsync() : Task.CompletedTask);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => VideoCache.BuildAsync(_set, Folder, Small, told, source.Token));

        Assert.Empty(Directory.EnumerateFiles(_folder.File("cache/frames")));
    }

    [Fact]
    public async Task A_cache_that_is_up_to_date_opens_while_the_lock_is_held()
    {
        (await BuildAsync()).Dispose();
        using var held = FileLock.TryTake(_folder.File("cache/.lock"));

        using var first = await BuildAsync();
        using var second = await VideoStore.OpenAsync(_set, Folder, options: Small);

        Assert.Equal(0, first.Decoded);
        Assert.Equal(first.Videos, second.Store.Videos);
    }

    [Fact]
    public async Task Frames_of_an_open_cache_stay_until_a_build_after_it_was_closed()
    {
        var open = await BuildAsync();
        (await VideoCache.BuildAsync(_set.Choose(item => item.Name != "a.mp4"), Folder, Small)).Dispose();

        Assert.Equal([7], await NumbersAsync(open, 0, [7]));
        open.Dispose();

        (await VideoCache.BuildAsync(_set.Choose(item => item.Name == "b/c.mp4"), Folder, Small)).Dispose();
        Assert.Equal(1, Whole());
    }
}
