using Tacit.Cli.Hosting;
using Tacit.Inference.Video.Storage;

namespace Tacit.Cli.Tests.Commands.Evaluate;

/// <summary>tacit evaluate on videos.</summary>
[Collection(ColorVideos.Collection)]
public sealed class EvaluateCommandVideosTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ColorVideos _videos;

    public EvaluateCommandVideosTests(ColorVideos videos)
    {
        _videos = videos;
        TinyClipClassifier.Write(_folder["net.onnx"], classes: ["blue", "red"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_part_test_is_tested_where_there_is_one()
    {
        var run = await EvaluateAsync("net.onnx", _videos.Divided, "--json", "--threads", "1");

        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Code == ExitCode.Success ? "" : run.Error));
        Assert.Single(run.Output.TrimEnd('\n').Split('\n'));
        Assert.Contains("evaluating 4/4", run.Error, StringComparison.Ordinal);
        Assert.Equal("test", run.Json.GetProperty("split").GetString());
        Assert.Equal((4, 2, 0), (Number(run, "videos"), Number(run, "sources"), Number(run, "unreadable")));
        Assert.Equal((100, 100, 50), (Number(run, "top1"), Number(run, "top5"), Number(run, "chance")));
        Assert.Equal("[100,100]", run.Json.GetProperty("top1_interval").GetRawText());
        Assert.Equal(
            """[{"name":"blue","videos":2,"accuracy":100,"interval":[100,100]},{"name":"red","videos":2,"accuracy":100,"interval":[100,100]}]""",
            run.Json.GetProperty("by_class").GetRawText()
        );
        Assert.Equal("""["blue","red"]""", run.Json.GetProperty("classes").GetRawText());
        Assert.Equal("[[2,0],[0,2]]", run.Json.GetProperty("confusion").GetRawText());
        Assert.Equal("""{"blue2.mp4":1,"blue3.mp4":1,"red2.mp4":1,"red3.mp4":1}""", run.Json.GetProperty("correct").GetRawText());
        Assert.Equal(3, Number(run, "clips"));
        Assert.True(Number(run, "clips_per_second") > 0 && Number(run, "latency_ms") > 0);
        Assert.Equal("4", run.Json.GetProperty("preprocessing").GetProperty("tacit.clip.frames").GetString());
    }

    [Fact]
    public async Task The_whole_set_or_another_part_can_be_tested()
    {
        var all = await EvaluateAsync(
            "net.onnx",
            _videos.Divided,
            "--json",
            "--split",
            "all",
            "--clips",
            "1",
            "--cache",
            _videos.CacheOf(_videos.Divided)
        );
        var train = await EvaluateAsync(
            "net.onnx",
            _videos.Divided,
            "--json",
            "--split",
            "Train",
            "--clips",
            "1",
            "--cache",
            _videos.CacheOf(_videos.Divided)
        );
        var undivided = await EvaluateAsync(
            "net.onnx",
            _videos.Undivided,
            "--json",
            "--clips",
            "1",
            "--cache",
            _videos.CacheOf(_videos.Undivided)
        );

        Assert.Equal((8, 4, 8), (Number(all, "videos"), Number(train, "videos"), Number(undivided, "videos")));
        Assert.Equal(
            (null, "train", 1),
            (all.Json.GetProperty("split").GetString(), train.Json.GetProperty("split").GetString(), Number(all, "clips"))
        );
    }

    [Fact]
    public async Task The_figures_are_facts_and_tables()
    {
        var run = await EvaluateAsync("net.onnx", _videos.Divided, "--cache", _videos.CacheOf(_videos.Divided));

        Assert.Contains("top-1    100.00 %  (95 % interval 100.0 to 100.0, over 2 sources)\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("chance   50.00 %  (always the most frequent class)\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("tested   4 videos of 2 sources, the part test\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("clips    3 of each video, 4 frames of 16 x 16\n", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"latency  \d+\.\d{3} ms for one clip \(median of ", run.Output);
        Assert.Matches(@"speed    \d+\.\d clips a second, read and run\n", run.Output);
        Assert.Matches(@"blue\s+2\s+100.00 %\s+100.0 to 100.0", run.Output);
        Assert.Matches(@"class \\ predicted\s+blue\s+red", run.Output);
    }

    [Fact]
    public async Task Another_network_is_compared_video_by_video()
    {
        TinyClipClassifier.Write(_folder["wrong.onnx"], isWrong: true, isStated: false, classes: ["blue", "red"]);

        var json = await EvaluateAsync(
            "net.onnx",
            _videos.Divided,
            "--json",
            "--against",
            _folder["wrong.onnx"],
            "--cache",
            _videos.CacheOf(_videos.Divided)
        );
        var text = await EvaluateAsync(
            "net.onnx",
            _videos.Divided,
            "--against",
            _folder["net.onnx"],
            "--cache",
            _videos.CacheOf(_videos.Divided)
        );

        var against = json.Json.GetProperty("against");
        Assert.Equal(_folder["wrong.onnx"], against.GetProperty("model").GetString());
        Assert.Equal(
            (0, 0, 100),
            (
                against.GetProperty("top1").GetDouble(),
                against.GetProperty("agreement").GetDouble(),
                against.GetProperty("difference").GetDouble()
            )
        );
        Assert.Equal(
            "[0,0] [100,100]",
            $"{against.GetProperty("agreement_interval").GetRawText()} {against.GetProperty("difference_interval").GetRawText()}"
        );
        Assert.Contains(
            $"against     {_folder["net.onnx"]}: top-1 100.00 %  (95 % interval 100.0 to 100.0, over 2 sources)\n",
            text.Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "agreement   both predict the same class for 100.00 %  (95 % interval 100.0 to 100.0, over 2 sources)\n",
            text.Output,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "difference  0.00 points of top-1  (95 % interval 0.0 to 0.0, over 2 sources)\n",
            text.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_cache_is_of_the_whole_set_and_gives_the_same_figures()
    {
        var live = await EvaluateAsync("net.onnx", _videos.Divided, "--json");
        var cached = await EvaluateAsync("net.onnx", _videos.Divided, "--json", "--cache", _folder["cache"]);

        Assert.Equal(live.Json.GetProperty("correct").GetRawText(), cached.Json.GetProperty("correct").GetRawText());
        using var cache = VideoCache.Open(_folder["cache"]);
        Assert.Equal(8, cache.Videos.Length);
    }

    [Fact]
    public async Task Options_say_what_the_file_does_not()
    {
        TinyClipClassifier.Write(_folder["bare.onnx"], isStated: false, isOpen: true);

        var run = await EvaluateAsync(
            "bare.onnx",
            _videos.Divided,
            "--json",
            "--frames",
            "2",
            "--size",
            "12",
            "--mean",
            "0.5",
            "--std",
            "0.25"
        );

        Assert.Equal((ExitCode.Success, 100), (run.Code, Number(run, "top1")));
        Assert.Equal("12", run.Json.GetProperty("preprocessing").GetProperty("tacit.clip.size").GetString());
    }

    [Fact]
    public async Task Clips_that_the_network_does_not_take_are_one_line() =>
        await RefusedAsync(
            ExitCode.BadInput,
            $"{_folder["net.onnx"]} takes clips of 4 frames of 16 pixels, but the preprocessing makes 8 frames of 16 pixels",
            "evaluate",
            _folder["net.onnx"],
            "--data",
            _folder.Root,
            "--frames",
            "8"
        );

    [Fact]
    public async Task An_encoder_and_a_classifier_are_told_apart()
    {
        TinyEncoder.Write(_folder["encoder.onnx"]);
        var classifier =
            $"{_folder["net.onnx"]} is a classifier: it gives scores of classes, not features; judge it with tacit evaluate, or give the encoder that it was made from";

        await RefusedAsync(
            ExitCode.BadInput,
            $"{_folder["encoder.onnx"]} is an encoder: it gives features, not scores of classes; fine-tune it to make it a classifier",
            "evaluate",
            _folder["encoder.onnx"],
            "--data",
            _folder.Root
        );
        await RefusedAsync(ExitCode.BadInput, classifier, "knn", _folder["net.onnx"], _folder.Root);
        await RefusedAsync(ExitCode.BadInput, classifier, "probe", _folder["net.onnx"], _folder.Root);
    }

    [Fact]
    public async Task A_network_and_data_of_different_kinds_are_one_line()
    {
        TinyNetwork.Write(_folder["image.onnx"]);
        TinyNetwork.WriteImages(_folder["images"]);
        Directory.CreateDirectory(_folder["videos/red"]);
        File.WriteAllText(_folder["videos/red/a.mp4"], "no video");

        await RefusedAsync(
            ExitCode.BadInput,
            $"{_folder["images"]} has images but no videos (.mp4, .avi, .mkv, .mov, .webm, …)",
            "evaluate",
            _folder["net.onnx"],
            "--data",
            _folder["images"]
        );
        await RefusedAsync(
            ExitCode.BadInput,
            $"{_folder["videos"]} has videos but no images (.jpg, .jpeg, .png, .bmp or .webp)",
            "evaluate",
            _folder["image.onnx"],
            "--data",
            _folder["videos"],
            "--mean",
            "0",
            "--std",
            "1"
        );
        await RefusedAsync(
            ExitCode.Usage,
            $"--clips is for networks of clips of video; {_folder["image.onnx"]} takes images",
            "evaluate",
            _folder["image.onnx"],
            "--data",
            _folder["images"],
            "--clips",
            "3"
        );
        await RefusedAsync(
            ExitCode.Usage,
            $"--short-side is for networks of images; {_folder["net.onnx"]} takes clips of video",
            "evaluate",
            _folder["net.onnx"],
            "--data",
            _folder["videos"],
            "--short-side",
            "20"
        );
        await RefusedAsync(
            ExitCode.Usage,
            "--size 16x12: clips are squares; give one number",
            "evaluate",
            _folder["net.onnx"],
            "--data",
            _folder["videos"],
            "--size",
            "16x12"
        );
        await RefusedAsync(
            ExitCode.BadInput,
            $"{_folder["image.onnx"]} does not take clips: it must have one input Float32 N x 3 x frames x height x width, but has image: Float32 N x 3 x 8 x 8",
            "evaluate",
            _folder["net.onnx"],
            "--data",
            _folder["videos"],
            "--against",
            _folder["image.onnx"]
        );
    }

    // The folders contain no videos. They are rejected because of their names.
    [Fact]
    public async Task Videos_that_cannot_be_judged_are_one_line_before_any_is_opened()
    {
        Directory.CreateDirectory(_folder["videos/green"]);
        File.WriteAllText(_folder["videos/green/a.mp4"], "no video");
        TinyClipClassifier.Write(_folder["unnamed.onnx"]);

        await RefusedAsync(
            ExitCode.BadInput,
            "the network knows blue, red; the videos are of other classes, such as green",
            "evaluate",
            _folder["net.onnx"],
            "--data",
            _folder["videos"]
        );
        await RefusedAsync(
            ExitCode.BadInput,
            "no video has a class, which is what a network is judged by; put the videos in a folder for each class, or list their labels",
            "evaluate",
            _folder["net.onnx"],
            "--data",
            _folder["videos/green"]
        );
        await RefusedAsync(
            ExitCode.BadInput,
            "the network has 2 outputs and does not say what they are; the videos have 1 classes (green), and there must be one for each output",
            "evaluate",
            _folder["unnamed.onnx"],
            "--data",
            _folder["videos"]
        );
        await RefusedAsync(
            ExitCode.BadInput,
            $"{_folder["videos"]} has no part test; it has none",
            "evaluate",
            _folder["net.onnx"],
            "--data",
            _folder["videos"],
            "--split",
            "test"
        );
    }

    private static async Task RefusedAsync(int code, string line, params string[] arguments)
    {
        var run = await CommandRun.OfAsync(arguments);

        Assert.Equal((code, "", $"tacit: {line}\n"), (run.Code, run.Output, run.Error));
    }

    private Task<CommandRun> EvaluateAsync(string network, string data, params string[] more) =>
        CommandRun.OfAsync(["evaluate", _folder[network], "--data", data, .. more]);

    private static double Number(CommandRun run, string name) => run.Json.GetProperty(name).GetDouble();
}
