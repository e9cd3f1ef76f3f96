using System.Diagnostics;
using Tacit.Graphs;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Tests.Video.Decoding;

// Verifies that no program is left running.
public sealed class FfmpegProcessTests
{
    private const string HelperFolder = "TACIT_TEST_HANGING";

    // Large output does not fit into the pipe, so ffmpeg waits until it is read.
    private static readonly GeneratedVideo Large = new()
    {
        Width = 640,
        Height = 480,
        Frames = 20,
    };

    [Fact]
    public async Task A_program_that_gives_nothing_is_killed()
    {
        using var programs = new FakePrograms(ffprobe: FakePrograms.Hanging);
        var video = new GeneratedVideo().Write(programs.File("v.mp4"));
        var probe = new VideoProbe(programs.Options with { Timeout = TimeSpan.FromMilliseconds(300) });

        var error = await Assert.ThrowsAsync<InvalidVideoException>(() => probe.RunAsync(video));

        Assert.Equal($"{video}: ffprobe gave nothing for 0.3 s and was stopped", error.Message);
        Assert.True(programs.AllReaped());
    }

    [Fact]
    public async Task What_the_program_started_itself_is_killed_too()
    {
        using var programs = new FakePrograms(ffprobe: "sleep 1000 &\necho $! >>\"$(dirname \"$0\")/pids\"\nwait");
        var video = new GeneratedVideo().Write(programs.File("v.mp4"));
        using var stop = new CancellationTokenSource();
        var probing = new VideoProbe(programs.Options).RunAsync(video, stop.Token);
        var pids = await programs.StartedAsync(2);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probing);
        await FakePrograms.Until(() => pids.All(HasEnded));
    }

    [Fact]
    public async Task Cancelling_ends_the_program()
    {
        using var programs = new FakePrograms(ffmpeg: $"[ $1 = -version ] && exit; {FakePrograms.Hanging}");
        var info = await new VideoProbe().RunAsync(new GeneratedVideo().Write(programs.File("v.mp4")));
        using var stop = new CancellationTokenSource();
        var reading = new VideoReader(programs.Options).ReadAsync(info, new FrameRange(0, 1), FrameSize.Original, stop.Token);
        await programs.StartedAsync(2);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.True(programs.AllReaped());
    }

    [Fact]
    public async Task Leaving_an_enumeration_early_ends_the_program()
    {
        using var programs = new FakePrograms();
        var info = await new VideoProbe().RunAsync(Large.Write(programs.File("v.mp4")));

        await foreach (var _ in new VideoReader(programs.Options).ReadAllAsync(info, FrameSize.Original, 1))
        {
            Assert.False(programs.AllReaped());
            break;
        }

        Assert.True(programs.AllReaped());
    }

    [Fact]
    public async Task The_end_of_the_thread_that_asked_does_not_end_the_program()
    {
        using var folder = new TemporaryFolder();
        var info = await new VideoProbe().RunAsync(Large.Write(folder.File("v.mp4")));
        await using var frames = new VideoReader().ReadAllAsync(info, FrameSize.Original, 1).GetAsyncEnumerator();
        var first = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() => first.SetResult(frames.MoveNextAsync().AsTask().GetAwaiter().GetResult()));
        thread.Start();
        Assert.True(await first.Task);
        thread.Join();

        var count = 1;
        while (await frames.MoveNextAsync())
        {
            count++;
        }

        Assert.Equal(Large.Frames, count);
    }

    [Fact]
    public async Task The_time_in_which_nobody_asks_does_not_count()
    {
        using var folder = new TemporaryFolder();
        var info = await new VideoProbe().RunAsync(Large.Write(folder.File("v.mp4")));
        var count = 0;
        await foreach (
            var _ in new VideoReader(new FfmpegOptions { Timeout = TimeSpan.FromSeconds(3) }).ReadAllAsync(info, FrameSize.Original, 1)
        )
        {
            await Task.Delay(count++ == 0 ? 3500 : 0);
        }

        Assert.Equal(Large.Frames, count);
    }

    [Fact]
    public async Task What_fails_makes_room_for_the_next()
    {
        using var folder = new TemporaryFolder();
        var video = new GeneratedVideo { Frames = 4 }.Write(folder.File("v.mp4"));
        var bad = folder.Write("bad.mp4", [1, 2, 3]);
        var probe = new VideoProbe(new FfmpegOptions { Processes = 1 });
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<InvalidVideoException>(() => probe.RunAsync(bad));
        }

        Assert.Equal(4, (await probe.RunAsync(video)).Frames);
    }

    [Fact]
    public async Task No_more_run_at_a_time_than_allowed()
    {
        using var programs = new FakePrograms(ffprobe: FakePrograms.Hanging);
        var video = new GeneratedVideo().Write(programs.File("v.mp4"));
        var probe = new VideoProbe(programs.Options with { Processes = 2 });
        using var stop = new CancellationTokenSource();
        var probing = Enumerable.Range(0, 5).Select(_ => probe.RunAsync(video, stop.Token)).ToArray();
        await programs.StartedAsync(2);
        await Task.Delay(200);

        Assert.Equal(2, programs.Pids().Length);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(probing));
        Assert.True(programs.AllReaped());
    }

    [Fact]
    public async Task Nothing_is_left_when_this_process_is_killed()
    {
        Assert.SkipWhen(ProgramFile.InPath("setpriv") is null, "setpriv is not installed");
        using var programs = new FakePrograms(ffprobe: FakePrograms.Hanging);
        var start = new ProcessStartInfo(
            Environment.ProcessPath!,
            ["-method", $"{typeof(FfmpegProcessTests).FullName}.{nameof(Hang)}", "-explicit", "only"]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            Environment = { [HelperFolder] = programs.Location },
        };
        using var helper = Process.Start(start)!;
        var output = helper.StandardOutput.ReadToEndAsync();
        var pids = await programs.StartedAsync(1);
        Assert.False(HasEnded(pids[0]));

        helper.Kill(); // SIGKILL to this process only, not to its children
        await helper.WaitForExitAsync();

        await FakePrograms.Until(() => HasEnded(pids[0]));
        await output;
    }

    // Not a test: the process that the test above kills.
    [Fact(Explicit = true)]
    public async Task Hang()
    {
        var location = Environment.GetEnvironmentVariable(HelperFolder);
        Assert.SkipWhen(location is null, "runs only to be killed");
        await File.WriteAllTextAsync(Path.Combine(location!, "v.mp4"), "anything");
        await new VideoProbe(new FfmpegOptions { Location = location }).RunAsync(Path.Combine(location!, "v.mp4"));
    }

    [Fact]
    public async Task A_program_that_is_missing_is_named()
    {
        using var folder = new TemporaryFolder();
        var video = folder.Write("v.mp4", [1]);

        var error = await Assert.ThrowsAsync<FileNotFoundException>(() =>
            new VideoProbe(new FfmpegOptions { Location = folder.Path }).RunAsync(video)
        );

        Assert.Equal($"ffprobe was not found: Location points to {folder.File("ffprobe")}, which is not a program", error.Message);
    }

    [Fact]
    public async Task Ffmpeg_can_be_named_itself()
    {
        using var programs = new FakePrograms();
        var video = new GeneratedVideo { Frames = 3 }.Write(programs.File("v.mp4"));

        var info = await new VideoProbe(new FfmpegOptions { Location = programs.File("ffmpeg") }).RunAsync(video);

        Assert.Equal(3, info.Frames);
        Assert.NotEmpty(programs.Pids());
    }

    [Theory]
    [InlineData("ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright (c)", "-vsync")]
    [InlineData("ffmpeg version n5.0 Copyright (c)", "-vsync")]
    [InlineData("ffmpeg version 5.1.6 Copyright (c)", "-fps_mode")]
    [InlineData("ffmpeg version 7.1-static Copyright (c)", "-fps_mode")]
    [InlineData("ffmpeg version N-109542-g67f5650a78 Copyright (c)", "-fps_mode")]
    public async Task Frames_are_passed_through_in_every_version(string version, string option)
    {
        using var programs = new FakePrograms(ffmpeg: $"""[ "$1" = -version ] && echo "{version}" && exit; echo "$@" >>"$0.log"; exit 1""");
        var info = await new VideoProbe().RunAsync(new GeneratedVideo { Frames = 1 }.Write(programs.File("v.mp4")));

        await Assert.ThrowsAsync<InvalidVideoException>(() =>
            new VideoReader(programs.Options).ReadAsync(info, new FrameRange(0, 1), FrameSize.Original)
        );

        Assert.Contains($"{option} passthrough", Assert.Single(programs.Decodings), StringComparison.Ordinal);
    }

    // The process has ended, or is a zombie that its new parent has not reaped yet.
    private static bool HasEnded(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].StartsWith('Z');
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException or IOException)
        {
            return true;
        }
    }
}
