using System.Text.Json;
using Tacit.Cli.Hosting;
using Tacit.Cli.Tests.Commands.Runs;
using Tacit.Cli.Tests.Hosting;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Contracts;

namespace Tacit.Cli.Tests.Commands.Pretrain;

public sealed class PretrainCommandTests : IAsyncLifetime
{
    private static readonly string[] Small =
    [
        "--width",
        "0.125",
        "--frames",
        "4",
        "--size",
        "32",
        "--short-side",
        "32",
        "--batch",
        "4",
        "--gallery",
        "64",
        "--gallery-warm-up",
        "16",
        "--threads",
        "1",
    ];

    private readonly TemporaryFolder _folder = new();

    private string[] Job => ["pretrain", _folder["videos"], .. Small, "--cache", _folder["cache"]];

    public async ValueTask InitializeAsync()
    {
        GeneratedVideo.SkipWithoutFfmpeg();
        using var sprites = new MovingSprites(
            new()
            {
                Videos = 8,
                MinFrames = 12,
                MaxFrames = 16,
                Size = 32,
                Objects = 2,
            }
        );
        await sprites.WriteAsync(_folder["videos"], TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Videos_become_an_encoder_that_can_be_judged()
    {
        var run = await CommandRun.OfAsync([.. Job, "--epochs", "4", "-o", _folder["run"], "--json"]);

        Assert.True(run.Code == ExitCode.Success, run.Error);
        var encoder = OnnxReader.Read(_folder["run/encoder.onnx"]);
        var preprocessing = ModelMetadata.Read(encoder.Metadata).Clips;
        Assert.Equal((4, 32), (preprocessing?.Frames, preprocessing?.Size));
        Assert.Contains(encoder.Graph.Nodes, node => node.Operator == "BatchNormalization");
        Assert.Equal((8, 8), (run.Json.GetProperty("videos").GetInt32(), run.Json.GetProperty("steps").GetInt32()));
        Assert.True(run.Json.GetProperty("waiting_share").GetDouble() is >= 0 and <= 1);
        var knn = await CommandRun.OfAsync(
            "knn",
            _folder["run/encoder.onnx"],
            _folder["videos"],
            "--folds",
            "2",
            "--repeats",
            "1",
            "--json"
        );
        Assert.True(knn.Code == ExitCode.Success, knn.Error);
    }

    [Fact]
    public Task The_run_is_described_as_it_was() =>
        RunFile.MatchesAsync(_folder["run"], [.. Job, "--epochs", "1", "-o", _folder["run"]], (_folder.Root, "FOLDER"));

    [Fact]
    public async Task The_page_shows_curves_clips_and_positives()
    {
        await CommandRun.OfAsync([.. Job, "--epochs", "4", "-o", _folder["run"]]);
        var page = await File.ReadAllTextAsync(_folder["run/report.html"], TestContext.Current.CancellationToken);

        Assert.Contains("Retrieved positives", page, StringComparison.Ordinal);
        Assert.True(page.Split("data:image/png").Length > 16, "4 videos of two views and 6 pairs are shown");
        Assert.Contains("Effective rank", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("byol")]
    [InlineData("simsiam")]
    [InlineData("rspnet")]
    public async Task Baselines_are_trained_by_name(string method)
    {
        var run = await CommandRun.OfAsync([
            "pretrain",
            _folder["videos"],
            .. Small[..10],
            "--threads",
            "1",
            "--cache",
            _folder["cache"],
            "--method",
            method,
            "--epochs",
            "1",
            "-o",
            _folder["run"],
            "--json",
        ]);

        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Equal(method, run.Json.GetProperty("method").GetString());
    }

    [Fact]
    public async Task The_part_train_is_learnt_from_where_there_is_one()
    {
        var videos = Directory
            .EnumerateFiles(_folder["videos"], "*.mp4", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .ToList();
        await File.WriteAllLinesAsync(
            _folder["videos/clips.csv"],
            [
                "file,label,source,split",
                .. videos.Select(
                    (video, place) => $"{Path.GetRelativePath(_folder["videos"], video)},a,s{place},{(place < 5 ? "Train" : "test")}"
                ),
            ],
            TestContext.Current.CancellationToken
        );
        var run = await CommandRun.OfAsync([.. Job, "--epochs", "1", "-o", _folder["run"], "--json"]);
        var other = await CommandRun.OfAsync([.. Job, "--epochs", "1", "-o", _folder["other"], "--split", "VAL"]);

        Assert.Equal((5, 3), (run.Json.GetProperty("videos").GetInt32(), run.Json.GetProperty("left_out").GetInt32()));
        Assert.Equal(ExitCode.BadInput, other.Code);
        Assert.EndsWith("has no part val; name one with --split: test, train, or all\n", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_video_is_left_out_and_named()
    {
        await File.WriteAllTextAsync(_folder["videos/broken.mp4"], "not a video", TestContext.Current.CancellationToken);
        var refused = await CommandRun.OfAsync([.. Job, "--epochs", "1", "-o", _folder["run"], "--max-bad", "5"]);
        var run = await CommandRun.OfAsync([.. Job, "--epochs", "1", "-o", _folder["run"], "--max-bad", "20", "--json"]);

        Assert.Equal(ExitCode.BadInput, refused.Code);
        Assert.Contains("broken.mp4", refused.Error, StringComparison.Ordinal);
        Assert.Equal("broken.mp4", Assert.Single(run.Json.GetProperty("unreadable").EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public async Task Bad_input_gets_one_line_before_anything_is_written()
    {
        Directory.CreateDirectory(_folder["empty"]);
        (string Line, string[] Arguments)[] cases =
        [
            ("a batch of 9 videos cannot be drawn from 8; make the batch smaller", With("--batch", "9")),
            ("a clip of 20 frames at speed 2 spans 39 frames, and the longest video has", With("--frames", "20")),
            ($"{_folder["empty"]} has no videos", ["pretrain", _folder["empty"]]),
        ];
        foreach (var (line, arguments) in cases)
        {
            var run = await CommandRun.OfAsync([.. arguments, "-o", _folder["run"]]);

            Assert.Equal(ExitCode.BadInput, run.Code);
            Assert.Contains(line, run.Error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(_folder["run"]));
        }
    }

    [Theory]
    [InlineData("--neighbours applies only to --method ascnet", "--method", "byol", "--neighbours", "3")]
    [InlineData("--speed-contrast needs speed consistency; remove --no-speed", "--no-speed", "--speed-contrast", "1")]
    [InlineData("--no-appearance and --no-speed together leave no loss; remove one of them", "--no-appearance", "--no-speed")]
    [InlineData("there is no video network vgg; there are", "--backbone", "vgg")]
    [InlineData("clips of 64 pixels cannot be cropped from frames of 32: raise --short-side, or lower --size", "--size", "64")]
    [InlineData("--speeds takes different whole numbers from 1 to 64 joined by commas, as 1,2, not 1,1", "--speeds", "1,1")]
    [InlineData("--resume takes all options from the run; remove", "--resume", "run")]
    public async Task Options_that_do_not_go_together_are_refused(string line, params string[] arguments)
    {
        var run = await CommandRun.OfAsync(["pretrain", _folder["videos"], "--short-side", "32", .. Sized(arguments), .. arguments]);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.StartsWith("tacit: " + line, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_is_not_overwritten_unasked()
    {
        await CommandRun.OfAsync([.. Job, "--epochs", "1", "-o", _folder["run"]]);
        var again = await CommandRun.OfAsync([.. Job, "--epochs", "1", "-o", _folder["run"]]);
        var forced = await CommandRun.OfAsync([.. Job, "--epochs", "1", "-o", _folder["run"], "--force"]);

        Assert.Equal((ExitCode.Usage, ExitCode.Success), (again.Code, forced.Code));
        Assert.Contains("contains a run; resume it with --resume", again.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_finished_run_is_left_as_it_is()
    {
        var run = await CommandRun.OfAsync([.. Job, "--epochs", "1", "-o", _folder["run"], "--json"]);
        Directory.Delete(_folder["videos"], recursive: true);

        var again = await CommandRun.OfAsync("pretrain", "--resume", _folder["run"], "--json");

        Assert.Equal((ExitCode.Success, run.Output, ""), (again.Code, again.Output, again.Error));
    }

    [Fact]
    public async Task A_run_goes_on_with_the_videos_that_it_began_with()
    {
        await CommandRun.OfAsync([.. Job, "--epochs", "1", "-o", _folder["run"]]);
        Unfinished.Make(_folder["run"]);
        var first = Directory.EnumerateFiles(_folder["videos"], "*.mp4", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First();
        File.Copy(first, _folder["videos/another.mp4"]);
        var more = await CommandRun.OfAsync("pretrain", "--resume", _folder["run"], "--json");
        File.Delete(first);
        Unfinished.Make(_folder["run"]);
        var less = await CommandRun.OfAsync("pretrain", "--resume", _folder["run"]);

        Assert.True(more.Code == ExitCode.Success, more.Error);
        Assert.Equal(8, more.Json.GetProperty("videos").GetInt32());
        Assert.Equal(ExitCode.BadInput, less.Code);
        Assert.Contains("that the run began with are missing, changed or unreadable", less.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_that_the_set_cannot_serve_leave_an_earlier_run_alone()
    {
        await CommandRun.OfAsync([.. Job, "--epochs", "1", "-o", _folder["run"]]);
        var encoder = await File.ReadAllBytesAsync(_folder["run/encoder.onnx"], TestContext.Current.CancellationToken);
        var run = await CommandRun.OfAsync([.. With("--gallery", "4"), "--epochs", "1", "-o", _folder["run"], "--force"]);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Equal(encoder, await File.ReadAllBytesAsync(_folder["run/encoder.onnx"], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task What_a_killed_process_left_does_not_block_a_new_run()
    {
        await CommandRun.OfAsync([.. Job, "--epochs", "1", "-o", _folder["run"]]);
        await File.WriteAllTextAsync(_folder["run/.encoder.onnx.0123.tmp"], "half", TestContext.Current.CancellationToken);
        var run = await CommandRun.OfAsync([.. Job, "--epochs", "1", "-o", _folder["run"], "--force"]);

        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.False(File.Exists(_folder["run/.encoder.onnx.0123.tmp"]));
    }

    [Fact]
    public async Task A_checkpoint_of_other_options_is_refused_with_what_differs()
    {
        await CommandRun.OfAsync([.. Job, "--epochs", "1", "-o", _folder["run"]]);
        Unfinished.Make(_folder["run"]);
        var run = JsonSerializer.Deserialize<System.Text.Json.Nodes.JsonObject>(
            await File.ReadAllTextAsync(_folder["run/run.json"], TestContext.Current.CancellationToken)
        )!;
        run["options"]!["options"]!["recipe"]!["embeddingWidth"] = 32;
        await File.WriteAllTextAsync(_folder["run/run.json"], run.ToJsonString(), TestContext.Current.CancellationToken);
        var resumed = await CommandRun.OfAsync("pretrain", "--resume", _folder["run"]);

        Assert.Equal(ExitCode.BadInput, resumed.Code);
        Assert.Matches(
            "the checkpoint is of other options: appearance.linear2.[a-z]+ is 32( x 256)?, the checkpoint has 64",
            resumed.Error
        );
    }

    [Fact]
    public async Task A_run_of_an_earlier_form_is_refused()
    {
        await CommandRun.OfAsync([.. Job, "--epochs", "1", "-o", _folder["run"]]);
        var run = await File.ReadAllTextAsync(_folder["run/run.json"], TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            _folder["run/run.json"],
            run.Replace("\"_version\": 3", "\"_version\": 1", StringComparison.Ordinal),
            TestContext.Current.CancellationToken
        );
        var resumed = await CommandRun.OfAsync("pretrain", "--resume", _folder["run"]);

        Assert.Equal(ExitCode.BadInput, resumed.Code);
        Assert.Contains("of version 1, not PretrainRequest of version 3", resumed.Error, StringComparison.Ordinal);
    }

    private string[] With(string option, string value)
    {
        var job = Job;
        job[Array.IndexOf(job, option) + 1] = value;
        return job;
    }

    // The tests of other options must not fail because of the size.
    private static string[] Sized(string[] arguments) =>
        arguments.Contains("--size") || arguments.Contains("--resume") ? [] : ["--size", "32"];
}
