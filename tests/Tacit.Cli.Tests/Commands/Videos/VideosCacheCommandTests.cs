using Tacit.Cli.Hosting;
using Tacit.Inference.Video.Storage;

namespace Tacit.Cli.Tests.Commands.Videos;

public sealed class VideosCacheCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Builds_a_cache_that_can_be_opened_and_does_nothing_the_second_time()
    {
        WriteTwo();

        var (first, second) = (await CacheAsync("--short-side", "24", "--json"), await CacheAsync("--short-side", "24", "--json"));

        Assert.True(first.Code == ExitCode.Success, first.Error);
        Assert.Equal(
            (2, 2, 40, 24),
            (Number(first, "videos"), Number(first, "decoded"), Number(first, "frames"), Number(first, "short_side"))
        );
        Assert.Equal(2 * 64 + 30 * 32 * 24 * 3 + 10 * 24 * 40 * 3, Number(first, "bytes"));
        Assert.Equal((2, 0), (Number(second, "videos"), Number(second, "decoded")));
        using var cache = VideoCache.Open(_folder["cache"]);
        Assert.Equal(["a.mp4", "b/b.mp4"], cache.Videos.Select(video => video.Name));
    }

    [Fact]
    public async Task Says_what_it_took_and_what_was_left_out()
    {
        WriteTwo();
        await File.WriteAllBytesAsync(_folder["set/none.mp4"], [], TestContext.Current.CancellationToken);

        var run = await CacheAsync("--max-bad", "40");

        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Matches(
            @"^output +.*cache\nvideos +2, all decoded now\nframes +40 of short side 128, 382\.6 KiB\nleft out +none\.mp4: the file is empty\ntime +[\d.]+ s\n$",
            run.Output
        );
    }

    [Fact]
    public async Task Refuses_a_set_of_which_too_much_cannot_be_read()
    {
        WriteTwo();
        await File.WriteAllBytesAsync(_folder["set/none.mp4"], [], TestContext.Current.CancellationToken);

        var run = await CacheAsync();

        Assert.Equal(
            (
                ExitCode.BadInput,
                $"tacit: {_folder["set"]}: 1 of 3 videos cannot be read, more than the 5 % allowed: none.mp4 (the file is empty)"
            ),
            (run.Code, run.Error.Split('\n')[^2])
        );
    }

    [Fact]
    public async Task Another_short_side_is_refused_unless_it_is_forced()
    {
        WriteTwo();
        await CacheAsync("--short-side", "24");

        var (refused, forced) = (await CacheAsync("--short-side", "16"), await CacheAsync("--short-side", "16", "--force", "--json"));

        Assert.Equal(
            (
                ExitCode.BadInput,
                $"tacit: the frames in the cache {_folder["cache"]} have the short side 24, not 16; name another folder, or ask for 24"
            ),
            (refused.Code, refused.Error.TrimEnd('\n').Split('\n')[^1])
        );
        Assert.Equal((2, 16), (Number(forced, "decoded"), Number(forced, "short_side")));
    }

    private static int Number(CommandRun run, string name) => run.Json.GetProperty(name).GetInt32();

    private Task<CommandRun> CacheAsync(params string[] options) =>
        CommandRun.OfAsync(["videos", "cache", _folder["set"], "-o", _folder["cache"], .. options]);

    private void WriteTwo()
    {
        Directory.CreateDirectory(_folder["set/b"]);
        new GeneratedVideo().Write(_folder["set/a.mp4"]);
        new GeneratedVideo
        {
            Width = 48,
            Height = 80,
            Frames = 10,
        }.Write(_folder["set/b/b.mp4"]);
    }
}
