using Tacit.Cli.Hosting;
using Tacit.Graphs.Onnx;

namespace Tacit.Cli.Tests.Commands.Quantize;

[Collection(ColorVideos.Collection)]
public sealed class QuantizeCommandVideoTests : IDisposable
{
    private static readonly string[] Small = ["--samples", "10", "--synthesis-steps", "3", "--steps", "3", "--threads", "1"];

    private readonly TemporaryFolder _folder = new();
    private readonly ColorVideos _videos;

    public QuantizeCommandVideoTests(ColorVideos videos)
    {
        _videos = videos;
        TinyEncoder.Write(_folder["encoder.onnx"], batchNorms: true);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_encoder_is_judged_by_cosine_similarity()
    {
        var run = await QuantizeAsync("-w", "4", "-a", "4", "--json");

        Assert.Equal((ExitCode.Success, "features"), (run.Code, run.Json.GetProperty("task").GetString()));
        foreach (var cosine in new[] { "cosine_similarity", "cosine_similarity_rounding", "simulation_vs_runtime" })
        {
            Assert.InRange(run.Json.GetProperty(cosine).GetDouble(), 0.5, 1.000001);
        }

        Assert.Equal(System.Text.Json.JsonValueKind.Null, run.Json.GetProperty("agreement").ValueKind);
        Assert.DoesNotContain("does not say how", run.Output, StringComparison.Ordinal);
        Assert.Equal("4", OnnxReader.Read(_folder["small.onnx"]).Metadata["tacit.clip.frames"]);
        var page = await File.ReadAllTextAsync(_folder["small.run/report.html"], TestContext.Current.CancellationToken);
        Assert.Contains("is the cosine to the float network", page, StringComparison.Ordinal);
        Assert.Contains("statistics alone", page, StringComparison.Ordinal);
        Assert.Contains("data:image/png;base64,", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_task_can_be_given()
    {
        var run = await QuantizeAsync("--task", "classes", "--json");

        Assert.Equal("classes", run.Json.GetProperty("task").GetString());
        Assert.InRange(run.Json.GetProperty("agreement").GetDouble(), 0, 100);
    }

    // 4 videos of the part train with 3 clips each, or all 8 with 2 clips each. A fifth is held out.
    [Theory]
    [InlineData(2)]
    [InlineData(3, "--split", "all")]
    public async Task Videos_calibrate_a_network_on_clips(int heldOut, params string[] more)
    {
        var run = await QuantizeAsync(["--calibration", _videos.Divided, "--calibration-images", "20", "--json", .. more]);

        Assert.Equal(ExitCode.Success, run.Code);
        var judged = run
            .Json.GetProperty("judgements")
            .EnumerateArray()
            .Select(judgement => (judgement.GetProperty("on").GetString(), judgement.GetProperty("count").GetInt32()));
        Assert.Equal([("synthetic samples", 2), ("clips", heldOut)], judged);
    }

    [Theory]
    [InlineData("--split says which videos of --calibration are used\n", "--split", "train")]
    [InlineData("--no-prototypes is for encoders, and ", "--task", "classes", "--no-prototypes")]
    public async Task Options_that_mean_nothing_are_refused(string line, params string[] arguments)
    {
        var run = await QuantizeAsync(arguments);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.StartsWith($"tacit: {line}", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Samples_of_an_encoder_do_not_serve_a_classifier()
    {
        await QuantizeAsync("--keep-samples", _folder["samples.safetensors"]);
        var run = await QuantizeAsync("--force", "--task", "classes", "--samples-from", _folder["samples.safetensors"]);
        var same = await QuantizeAsync("--force", "--samples-from", _folder["samples.safetensors"]);

        Assert.Equal((ExitCode.BadInput, ExitCode.Success), (run.Code, same.Code));
        Assert.EndsWith(
            "the samples were synthesised for features, but the outputs of the network are taken for classes; give the same --task to both\n",
            run.Error,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Images_and_clips_are_told_apart()
    {
        Directory.CreateDirectory(_folder["images"]);
        TinyNetwork.WriteImages(_folder["images"]);
        TinyNetwork.Write(_folder["tiny.onnx"]);

        var clips = await QuantizeAsync("--calibration", _folder["images"]);
        var images = await CommandRun.OfAsync([
            "quantize",
            _folder["tiny.onnx"],
            "-o",
            _folder["tiny-small.onnx"],
            .. Small,
            "--mean",
            "0.5",
            "--std",
            "0.25",
            "--calibration",
            Path.GetDirectoryName(_videos.Divided)!,
        ]);

        Assert.Equal(ExitCode.BadInput, clips.Code);
        Assert.EndsWith("; the network takes clips of videos (--calibration)\n", clips.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadInput, images.Code);
        Assert.EndsWith("; the network takes images (--calibration)\n", images.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mean_and_std_of_clips_are_stored()
    {
        TinyEncoder.Write(_folder["encoder.onnx"], isStated: false, batchNorms: true);

        await QuantizeAsync("--mean", "0.5", "--std", "0.25");

        var metadata = OnnxReader.Read(_folder["small.onnx"]).Metadata;
        Assert.Equal(("4", "16", "0.5,0.5,0.5"), (metadata["tacit.clip.frames"], metadata["tacit.clip.size"], metadata["tacit.clip.mean"]));
        Assert.DoesNotContain("tacit.input.mean", metadata.Keys);
    }

    [Fact]
    public async Task Synthetic_clips_become_strips_of_frames()
    {
        var run = await CommandRun.OfAsync([
            "synthesize",
            _folder["encoder.onnx"],
            "-o",
            _folder["samples"],
            "--samples",
            "8",
            "--synthesis-steps",
            "2",
            "--json",
        ]);

        Assert.Equal((ExitCode.Success, 8), (run.Code, run.Json.GetProperty("images").GetInt32()));
        var strip = Tacit.Inference.Images.ImageDecoder.Decode(
            await File.ReadAllBytesAsync(_folder["samples/00000.png"], TestContext.Current.CancellationToken)
        );
        Assert.Equal((4 * 72 + 6, 72), (strip.Width, strip.Height));
        Assert.Single(Directory.GetFiles(_folder["samples"], "00007-class*.png"));
    }

    private Task<CommandRun> QuantizeAsync(params string[] more) =>
        CommandRun.OfAsync([
            "quantize",
            _folder["encoder.onnx"],
            "-o",
            _folder["small.onnx"],
            .. more.Contains("--samples-from") ? Small[4..] : Small,
            .. more,
        ]);
}
