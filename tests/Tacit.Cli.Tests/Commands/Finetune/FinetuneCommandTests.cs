using System.Text.Json;
using Tacit.Cli.Hosting;
using Tacit.Cli.Tests.Commands.Runs;
using Tacit.Cli.Tests.Hosting;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;

namespace Tacit.Cli.Tests.Commands.Finetune;

[Collection(ColorVideos.Collection)]
public sealed class FinetuneCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ColorVideos _videos;

    public FinetuneCommandTests(ColorVideos videos)
    {
        _videos = videos;
        TinyEncoder.Write(_folder["encoder.onnx"]);
    }

    // Half of the training videos come from one of two sources.
    private string[] Job => Of(_videos.Divided);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Colours_are_learnt_and_tested()
    {
        var run = await CommandRun.OfAsync([.. Job, "--epochs", "60", "--json"]);
        Assert.True(run.Code == ExitCode.Success, run.Error);
        var test = run.Json.GetProperty("test");

        Assert.Equal(
            (100, 50, 4, 2),
            (
                test.GetProperty("top1").GetDouble(),
                test.GetProperty("chance").GetDouble(),
                test.GetProperty("videos").GetInt32(),
                test.GetProperty("sources").GetInt32()
            )
        );
        Assert.Equal((2, 2), (run.Json.GetProperty("training_videos").GetInt32(), run.Json.GetProperty("validation_videos").GetInt32()));
        Assert.Equal("[[2,0],[0,2]]", test.GetProperty("confusion").GetRawText());
        Assert.Equal("red", test.GetProperty("predicted").GetProperty("red2.mp4").GetString());
        Assert.Equal(60, run.Json.GetProperty("epochs").GetArrayLength());
        Assert.Equal(
            ["blue", "red"],
            JsonSerializer.Deserialize<string[]>(OnnxReader.Read(_folder["run/classifier.onnx"]).Metadata[ModelMetadata.ClassesKey])!
        );
    }

    [Fact]
    public async Task Facts_and_classes_are_written()
    {
        var run = await CommandRun.OfAsync([.. Job, "--epochs", "60"]);

        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Contains("accuracy    100.00 %  (95 % interval 100.0 to 100.0, over 2 sources)\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("tested      4 videos of 2 sources, the part test\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("trained on  2 videos of 2 classes\n", run.Output, StringComparison.Ordinal);
        Assert.Matches("epoch       [0-9]+ of 60, chosen by 2 videos held out: 100.00 % right\n", run.Output);
        Assert.Matches(" red +2 +100.00 % +100.0 to 100.0", run.Output);
    }

    [Fact]
    public Task The_run_is_described_as_it_was() =>
        RunFile.MatchesAsync(
            _folder["run"],
            [.. Job, "--epochs", "1"],
            (_folder.Root, "FOLDER"),
            (_videos.CacheOf(_videos.Divided, shortSide: 16), "CACHE"),
            (Path.GetDirectoryName(_videos.Divided)!, "VIDEOS")
        );

    [Fact]
    public async Task The_page_shows_curves_and_what_was_taken_for_what()
    {
        await CommandRun.OfAsync([.. Job, "--epochs", "2"]);
        var page = await File.ReadAllTextAsync(_folder["run/report.html"], TestContext.Current.CancellationToken);

        Assert.Contains("Confusions", page, StringComparison.Ordinal);
        Assert.Contains("The test is small: 4 videos of 2 sources.", page, StringComparison.Ordinal);
        Assert.Contains("validation.accuracy", page, StringComparison.Ordinal);
        Assert.Contains("options.optimizer.learningRate", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_part_test_nothing_is_tested()
    {
        var run = await CommandRun.OfAsync([.. Of(_videos.Undivided), "--epochs", "1"]);
        var all = await CommandRun.OfAsync([.. Of(_videos.Divided, "all", validation: 0), "--split", "all", "--epochs", "1", "--json"]);

        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Contains("tested      nothing: the set has no part test that was not trained on\n", run.Output, StringComparison.Ordinal);
        Assert.Equal((8, JsonValueKind.Null), (all.Json.GetProperty("training_videos").GetInt32(), all.Json.GetProperty("test").ValueKind));
    }

    [Fact]
    public async Task Sources_on_both_sides_are_pointed_out()
    {
        var lines = await File.ReadAllLinesAsync(_videos.Divided, TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(
            _folder["shared.csv"],
            lines.Select(line => line.Replace(",s2,test", ",s1,test", StringComparison.Ordinal)),
            TestContext.Current.CancellationToken
        );
        var run = await CommandRun.OfAsync([
            .. Of(_folder["shared.csv"]),
            "--root",
            Path.GetDirectoryName(_videos.Divided)!,
            "--epochs",
            "1",
        ]);

        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Contains(
            "warning     1 source both trained on and tested: the test is not of unseen material\n",
            run.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_loss_that_is_no_number_names_the_last_good_checkpoint()
    {
        var run = await CommandRun.OfAsync([
            .. Of(_videos.Divided, validation: 0, rate: "1e30"),
            "--optimizer",
            "sgd",
            "--epochs",
            "60",
            "--checkpoint-every",
            "0",
        ]);

        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains(
            "not a number at step 2; lower the learning rate; the last good checkpoint is of step 1 of fine-tuning: ",
            run.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_stopped_run_goes_on_to_the_same_classifier()
    {
        var whole = await CommandRun.OfAsync([.. Of(_videos.Divided, "whole"), "--epochs", "3", "--json"]);
        var first = await CommandRun.StoppedAtAsync("fine-tuning", [.. Job, "--epochs", "3"]);
        var resumed = await CommandRun.OfAsync("finetune", "--resume", _folder["run"], "--json");

        Assert.Equal(ExitCode.Interrupted, first.Code);
        Assert.Contains("stopped; resume with: tacit finetune --resume ", first.Error, StringComparison.Ordinal);
        Assert.True(resumed.Code == ExitCode.Success, resumed.Error);
        Assert.Equal(await BytesAsync("whole"), await BytesAsync("run"));
        Assert.Equal(whole.Json.GetProperty("epochs").GetRawText(), resumed.Json.GetProperty("epochs").GetRawText());

        Task<byte[]> BytesAsync(string name) =>
            File.ReadAllBytesAsync(_folder[$"{name}/classifier.onnx"], TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_finished_run_is_left_as_it_is()
    {
        var run = await CommandRun.OfAsync([.. Job, "--epochs", "1", "--json"]);
        TinyEncoder.Write(_folder["encoder.onnx"], isOpen: true);

        var again = await CommandRun.OfAsync("finetune", "--resume", _folder["run"], "--json");

        Assert.Equal((ExitCode.Success, run.Output, ""), (again.Code, again.Output, again.Error));
    }

    [Fact]
    public async Task A_run_whose_encoder_changed_does_not_go_on()
    {
        await CommandRun.OfAsync([.. Job, "--epochs", "1"]);
        Unfinished.Make(_folder["run"]);
        TinyEncoder.Write(_folder["encoder.onnx"], isOpen: true);
        var resumed = await CommandRun.OfAsync("finetune", "--resume", _folder["run"]);

        Assert.Equal(ExitCode.BadInput, resumed.Code);
        Assert.EndsWith(
            "encoder.onnx has changed since the run began; put it back, or start again with --force\n",
            resumed.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_run_whose_labels_changed_does_not_go_on()
    {
        var lines = await File.ReadAllLinesAsync(_videos.Divided, TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(_folder["set.csv"], lines, TestContext.Current.CancellationToken);
        var root = Path.GetDirectoryName(_videos.Divided)!;
        await CommandRun.OfAsync([.. Of(_folder["set.csv"]), "--root", root, "--epochs", "1"]);
        Unfinished.Make(_folder["run"]);
        await File.WriteAllLinesAsync(
            _folder["set.csv"],
            lines.Select(line =>
                line.Contains("red0", StringComparison.Ordinal) ? line.Replace(",red,", ",blue,", StringComparison.Ordinal) : line
            ),
            TestContext.Current.CancellationToken
        );
        var resumed = await CommandRun.OfAsync("finetune", "--resume", _folder["run"]);

        Assert.Equal(ExitCode.BadInput, resumed.Code);
        Assert.Contains(
            "that the run began with are missing, changed or unreadable, such as red0.mp4",
            resumed.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Parts_of_other_names_are_not_guessed_at()
    {
        var lines = await File.ReadAllLinesAsync(_videos.Divided, TestContext.Current.CancellationToken);
        await File.WriteAllLinesAsync(
            _folder["set.csv"],
            lines.Select(line => line.Replace(",train", ",training", StringComparison.Ordinal)),
            TestContext.Current.CancellationToken
        );
        var run = await CommandRun.OfAsync([.. Of(_folder["set.csv"]), "--root", Path.GetDirectoryName(_videos.Divided)!]);

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.EndsWith("has no part train; name one with --split: test, training, or all\n", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task From_scratch_differs_from_the_encoder()
    {
        var tuned = await CommandRun.OfAsync([.. Job, "--epochs", "2", "--json"]);
        var scratch = await CommandRun.OfAsync([.. Of(_videos.Divided, "scratch"), "--epochs", "2", "--from-scratch", "--json"]);

        Assert.True(scratch.Code == ExitCode.Success, scratch.Error);
        Assert.True(scratch.Json.GetProperty("from_scratch").GetBoolean());
        Assert.NotEqual(Loss(tuned), Loss(scratch));

        static double Loss(CommandRun run) => run.Json.GetProperty("epochs")[1].GetProperty("loss").GetDouble();
    }

    [Fact]
    public async Task Runs_lists_and_shows_it()
    {
        await CommandRun.OfAsync([.. Job, "--epochs", "2"]);
        var list = await CommandRun.OfAsync("runs", "list", _folder["."]);
        var show = await CommandRun.OfAsync("runs", "show", _folder["run"], "--metric", "validation.accuracy");

        Assert.Matches(" run +finetune +done +fine-tuning +2 ", list.Output);
        Assert.True(show.Code == ExitCode.Success, show.Error);
        Assert.Contains("validation.accuracy of fine-tuning", show.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_input_gets_one_line_before_anything_is_written()
    {
        var lines = await File.ReadAllLinesAsync(_videos.Divided, TestContext.Current.CancellationToken);
        var folder = Path.GetDirectoryName(_videos.Divided)!;
        string Listed(string name, Func<string, string> change)
        {
            File.WriteAllLines(_folder[name], [lines[0], .. lines[1..].Select(change)]);
            return _folder[name];
        }

        var green = Listed("green.csv", line => line.Replace("blue,s2,", "green,s2,", StringComparison.Ordinal));
        var red = Listed("red.csv", line => line.Replace(",blue,", ",red,", StringComparison.Ordinal));
        (string Line, string[] Arguments)[] cases =
        [
            (
                "a batch of 3 videos cannot be drawn from 2 (4 less 2 held out for validation); make the batch smaller",
                Of(_videos.Divided, batch: 3)
            ),
            ("to hold out one of 5 parts by source takes 5 sources, the training videos come from 2", Of(_videos.Divided, validation: 20)),
            (
                "a class is tested that no training video has: green; move videos of it to the training part, or leave it out",
                [.. Of(green), "--root", folder]
            ),
            ("all 4 training videos are of the class red; at least two classes are needed to tell apart", [.. Of(red), "--root", folder]),
        ];
        foreach (var (line, arguments) in cases)
        {
            var run = await CommandRun.OfAsync(arguments);

            Assert.Equal(ExitCode.BadInput, run.Code);
            Assert.Contains(line, run.Error, StringComparison.Ordinal);
            Assert.False(Directory.Exists(_folder["run"]));
        }
    }

    [Fact]
    public async Task Options_that_do_not_go_together_are_refused()
    {
        TinyEncoder.Write(_folder["bare.onnx"], isStated: false);
        (int Code, string Line, string[] Arguments)[] cases =
        [
            (ExitCode.Usage, "tacit: the videos are missing: tacit finetune ENCODER VIDEOS\n", ["finetune", _folder["encoder.onnx"]]),
            (ExitCode.Usage, "tacit: the encoder is missing: tacit finetune ENCODER VIDEOS\n", ["finetune"]),
            (
                ExitCode.Usage,
                $"tacit: --resume takes all options from the run; remove {_folder["encoder.onnx"]}\n",
                ["finetune", _folder["encoder.onnx"], "--resume", _folder["run"]]
            ),
            (
                ExitCode.BadInput,
                $"tacit: there is no file {_folder["none.onnx"]}; give an ONNX file\n",
                ["finetune", _folder["none.onnx"], _videos.Divided]
            ),
            (
                ExitCode.BadInput,
                "tacit: the network does not say how its clips are prepared",
                ["finetune", _folder["bare.onnx"], _videos.Divided]
            ),
        ];
        foreach (var (code, line, arguments) in cases)
        {
            var run = await CommandRun.OfAsync(arguments);

            Assert.Equal(code, run.Code);
            Assert.StartsWith(line, run.Error, StringComparison.Ordinal);
        }
    }

    private string[] Of(string videos, string folder = "run", int batch = 2, int validation = 50, string rate = "0.02") =>
        [
            "finetune",
            _folder["encoder.onnx"],
            videos,
            "--batch",
            $"{batch}",
            "--validation",
            $"{validation}",
            "--learning-rate",
            rate,
            "--short-side",
            "16",
            "--threads",
            "1",
            "--cache",
            _videos.CacheOf(videos, shortSide: 16),
            "-o",
            _folder[folder],
        ];
}
