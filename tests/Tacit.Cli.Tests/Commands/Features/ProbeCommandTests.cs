using Tacit.Cli.Hosting;

namespace Tacit.Cli.Tests.Commands.Features;

[Collection(ColorVideos.Collection)]
public sealed class ProbeCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ColorVideos _videos;

    public ProbeCommandTests(ColorVideos videos)
    {
        _videos = videos;
        TinyEncoder.Write(_folder["encoder.onnx"]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Json_has_the_figures()
    {
        var run = await ProbeAsync("encoder.onnx", _videos.Divided, "--json");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Equal("linear probe", run.Json.GetProperty("method").GetString());
        Assert.Equal(100, run.Json.GetProperty("accuracy").GetDouble());
        Assert.Equal(
            ["blue", "red"],
            run.Json.GetProperty("classes").EnumerateArray().Select(each => each.GetProperty("name").GetString())
        );
        Assert.Equal(0, run.Json.GetProperty("recall").GetArrayLength());
    }

    [Fact]
    public async Task A_page_can_be_had()
    {
        var run = await ProbeAsync(
            "encoder.onnx",
            _videos.Divided,
            "--report",
            _folder["page.html"],
            "--cache",
            _videos.CacheOf(_videos.Divided)
        );
        var page = await File.ReadAllTextAsync(_folder["page.html"], TestContext.Current.CancellationToken);

        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Contains("Confusions", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Recall", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_penalty_may_be_given()
    {
        var run = await ProbeAsync(
            "encoder.onnx",
            _videos.Divided,
            "--lambda",
            "0.5",
            "--clips",
            "1",
            "--cache",
            _videos.CacheOf(_videos.Divided)
        );

        Assert.Contains("by        logistic regression on standardised features, penalty 0.5\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("tested    4 videos of 2 sources, trained on 4 others\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("clips     1 of each video, 4 frames of 16 x 16, to 8 features\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_say_what_the_file_does_not()
    {
        TinyEncoder.Write(_folder["bare.onnx"], isStated: false, isOpen: true);

        var run = await ProbeAsync(
            "bare.onnx",
            _videos.Divided,
            "--json",
            "--frames",
            "2",
            "--size",
            "12",
            "--stride",
            "2",
            "--mean",
            "0.5",
            "--std",
            "0.25"
        );

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Equal(
            "{\"tacit.clip.frames\":\"2\",\"tacit.clip.mean\":\"0.5,0.5,0.5\",\"tacit.clip.order\":\"RGB\",\"tacit.clip.size\":\"12\",\"tacit.clip.std\":\"0.25,0.25,0.25\",\"tacit.clip.stride\":\"2\",\"tacit.clip.test-clips\":\"10\"}",
            run.Json.GetProperty("preprocessing").GetRawText()
        );
    }

    [Theory]
    [InlineData(true, "--frames N, --size N, --mean a,b,c and --std a,b,c")]
    [InlineData(true, "--size N, --mean a,b,c and --std a,b,c", "--frames", "4")]
    [InlineData(true, "--frames N", "--size", "16", "--mean", "0", "--std", "1")]
    [InlineData(false, "--mean a,b,c and --std a,b,c")]
    public async Task What_is_not_known_of_clips_is_one_line(bool isOpen, string missing, params string[] given)
    {
        TinyEncoder.Write(_folder["bare.onnx"], isStated: false, isOpen);

        var run = await ProbeAsync("bare.onnx", _folder["videos"], given);

        Assert.Equal(
            (
                ExitCode.BadInput,
                $"tacit: {_folder["bare.onnx"]} does not say how its clips are prepared; give {missing} as in its training\n"
            ),
            (run.Code, run.Error)
        );
    }

    [Fact]
    public async Task A_mean_without_a_deviation_is_refused()
    {
        TinyEncoder.Write(_folder["bare.onnx"], isStated: false);

        var run = await ProbeAsync("bare.onnx", _folder["videos"], "--mean", "0.5");

        Assert.Equal((ExitCode.Usage, "tacit: --mean and --std must be given together\n"), (run.Code, run.Error));
    }

    [Fact]
    public async Task Frames_that_the_network_does_not_take_are_one_line()
    {
        var run = await ProbeAsync("encoder.onnx", _folder["videos"], "--frames", "8");

        Assert.Equal(
            (
                ExitCode.BadInput,
                $"tacit: {_folder["encoder.onnx"]} takes clips of 4 frames of 16 pixels, but the preprocessing makes 8 frames of 16 pixels\n"
            ),
            (run.Code, run.Error)
        );
    }

    [Fact]
    public async Task A_network_of_images_is_one_line()
    {
        TinyNetwork.Write(_folder["tiny.onnx"]);

        var run = await ProbeAsync("tiny.onnx", _folder["videos"]);

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.StartsWith(
            $"tacit: {_folder["tiny.onnx"]} does not take clips: it must have one input Float32 N x 3 x frames x height x width",
            run.Error,
            StringComparison.Ordinal
        );
    }

    private Task<CommandRun> ProbeAsync(string encoder, string data, params string[] more) =>
        CommandRun.OfAsync(["probe", _folder[encoder], data, .. more]);
}
