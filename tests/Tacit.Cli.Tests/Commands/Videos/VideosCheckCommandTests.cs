using Tacit.Cli.Hosting;
using Tacit.Inference.Video.Sets;

namespace Tacit.Cli.Tests.Commands.Videos;

public sealed class VideosCheckCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lists_what_is_broken_empty_too_short_or_odd_and_returns_3()
    {
        WriteAll();
        File.CreateSymbolicLink(_folder["gone\n.mp4"], _folder["nowhere"]);
        File.Delete(_folder["text.mp4"]); // Its error message depends on the version of ffmpeg.
        File.Delete(_folder["cut.mp4"]);

        var run = await CommandRun.OfAsync("videos", "check", _folder.Root, "--min-frames", "8");

        Assert.Equal(ExitCode.BadInput, run.Code);
        Expectation.Matches("videos-check", run.Output);
    }

    [Fact]
    public async Task Returns_0_where_all_can_be_read_however_short_or_odd()
    {
        new GeneratedVideo { Frames = 7 }.Write(_folder["short.mp4"]);
        new GeneratedVideo { Rotation = 90 }.Write(_folder["turned.mp4"]);

        var run = await CommandRun.OfAsync("videos", "check", _folder.Root, "--min-frames", "8");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Contains("videos  2: 1 odd, 1 too short", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_json_it_is_one_object()
    {
        WriteAll();

        var run = await CommandRun.OfAsync("videos", "check", _folder.Root, "--min-frames", "8", "--json");

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Equal(
            (6, 2, 1, 1, 1, 1),
            (Number("videos"), Number("broken"), Number("empty"), Number("too_short"), Number("odd"), Number("ok"))
        );
        Assert.Equal(67, Number("frames"));
        Assert.Equal(
            ["cut.mp4 broken", "text.mp4 broken", "nothing.mp4 empty", "short.mp4 too_short", "turned.mp4 odd"],
            run.Json.GetProperty("found").EnumerateArray().Select(video => $"{video.GetProperty("name")} {video.GetProperty("state")}")
        );

        int Number(string name) => run.Json.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task The_csv_file_has_every_video_and_is_a_set_itself()
    {
        Directory.CreateDirectory(_folder["set/run, \"fast\""]);
        new GeneratedVideo
        {
            Width = 32,
            Height = 16,
            Frames = 5,
            FrameRate = 25,
        }.Write(_folder["set/run, \"fast\"/a.mp4"]);
        var csv = _folder["found.csv"];

        var run = await CommandRun.OfAsync("videos", "check", _folder["set"], "--csv", csv);

        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.EndsWith(
            ",\"run, \"\"fast\"\"\",,,ok,,5,32,16,25,0.2,0,h264\n",
            await File.ReadAllTextAsync(csv, TestContext.Current.CancellationToken),
            StringComparison.Ordinal
        );
        var item = Assert.Single(VideoSet.Read(csv).Items);
        Assert.Equal((_folder["set/run, \"fast\"/a.mp4"], "run, \"fast\""), (item.Path, item.Label));
        Assert.Equal(ExitCode.Usage, (await CommandRun.OfAsync("videos", "check", _folder["set"], "--csv", csv)).Code);
    }

    [Fact]
    public async Task Decoding_finds_what_probing_does_not()
    {
        new GeneratedVideo { Codec = "mjpeg", PixelFormat = "yuvj420p" }.Write(_folder["a.mkv"]);
        var bytes = await File.ReadAllBytesAsync(_folder["a.mkv"], TestContext.Current.CancellationToken);
        bytes.AsSpan(bytes.Length / 2, bytes.Length / 4).Clear();
        await File.WriteAllBytesAsync(_folder["a.mkv"], bytes, TestContext.Current.CancellationToken);

        var run = await CommandRun.OfAsync("videos", "check", _folder.Root, "--decode", "--json");

        Assert.Equal((ExitCode.BadInput, 1), (run.Code, run.Json.GetProperty("broken").GetInt32()));
    }

    [Fact]
    public async Task Says_in_one_line_that_there_are_no_videos()
    {
        var run = await CommandRun.OfAsync("videos", "check", _folder.Root);

        Assert.Equal(
            (ExitCode.BadInput, "", $"tacit: {_folder.Root} has no videos (.mp4, .avi, .mkv, .mov, .webm, …)\n"),
            (run.Code, run.Output, run.Error)
        );
    }

    [Fact]
    public async Task Counts_listed_videos_that_are_not_there_where_that_is_allowed()
    {
        new GeneratedVideo().Write(_folder["a.mp4"]);
        await File.WriteAllTextAsync(_folder["list.txt"], "a.mp4 x\nb.mp4 y\n", TestContext.Current.CancellationToken);

        var (refused, allowed) = (
            await CommandRun.OfAsync("videos", "check", _folder["list.txt"]),
            await CommandRun.OfAsync("videos", "check", _folder["list.txt"], "--allow-missing")
        );

        Assert.Equal((ExitCode.BadInput, ExitCode.Success), (refused.Code, allowed.Code));
        Assert.Contains("videos  1: 1 ok; 1 more are listed but missing", allowed.Output, StringComparison.Ordinal);
    }

    // Two broken, one empty, one too short, one odd, one fine.
    private void WriteAll()
    {
        new GeneratedVideo().Write(_folder["fine.mp4"]);
        new GeneratedVideo { Frames = 7 }.Write(_folder["short.mp4"]);
        new GeneratedVideo { Rotation = 90, HasSound = true }.Write(_folder["turned.mp4"]);
        File.WriteAllBytes(_folder["nothing.mp4"], []);
        File.WriteAllText(_folder["text.mp4"], "no video");
        File.WriteAllBytes(_folder["cut.mp4"], File.ReadAllBytes(_folder["fine.mp4"])[..400]);
    }
}
