using Tacit.Cli.Hosting;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Canonical;
using Tacit.Graphs.Passes.Quantization;

namespace Tacit.Cli.Tests.Commands.Compare;

public sealed class CompareCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CompareCommandTests() => TinyNetwork.Write(_folder["tiny.onnx"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_network_equals_itself()
    {
        var run = await CommandRun.OfAsync("compare", _folder["tiny.onnx"], _folder["tiny.onnx"], "--samples", "5");

        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Contains("samples    5 samples of Gaussian noise\n", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"logits\s+no error\s+1\.0000\s+100\.00 %\s+0\s+", run.Output);
    }

    [Fact]
    public async Task A_quantised_network_is_near_its_original_on_images_and_on_noise()
    {
        var student = new FakeQuantizationInsertion(new BitWidths()).Apply(OnnxReader.Read(_folder["tiny.onnx"]));
        OnnxWriter.Write(new QdqExport().Apply(student), _folder["small.onnx"]);
        TinyNetwork.WriteImages(_folder["images"]);
        string[] images = ["--data", _folder["images"], "--mean", "0.5", "--std", "0.25", "--samples", "7"];

        var onNoise = (await CommandRun.OfAsync("compare", _folder["tiny.onnx"], _folder["small.onnx"], "--json")).Json;
        var onImages = (await CommandRun.OfAsync(["compare", _folder["tiny.onnx"], _folder["small.onnx"], .. images, "--json"])).Json;

        Assert.Equal((64, 7), (onNoise.GetProperty("samples").GetInt32(), onImages.GetProperty("samples").GetInt32()));
        foreach (var json in new[] { onNoise, onImages })
        {
            var output = json.GetProperty("outputs")[0];
            Assert.Equal("logits", output.GetProperty("name").GetString());
            Assert.InRange(
                output.GetProperty("largest_difference").GetDouble(),
                1e-6,
                10 * output.GetProperty("largest_value").GetDouble()
            );
        }
    }

    [Fact]
    public async Task An_open_size_must_be_given()
    {
        TinyNetwork.Write(_folder["open.onnx"], openSize: true);

        var refused = await CommandRun.OfAsync("compare", _folder["open.onnx"], _folder["tiny.onnx"]);
        var run = await CommandRun.OfAsync("compare", _folder["open.onnx"], _folder["tiny.onnx"], "--input-shape", "1x3x8x8");

        Assert.Equal(
            (ExitCode.Usage, "tacit: the network leaves the size of its input open: give --input-shape\n"),
            (refused.Code, refused.Error)
        );
        Assert.Equal(ExitCode.Success, run.Code);
    }

    [Fact]
    public async Task The_order_of_the_channels_may_differ()
    {
        TinyNetwork.WriteChannelsLast(_folder["last.onnx"]);
        OnnxWriter.Write(ChannelsLastInput.Without(OnnxReader.Read(_folder["last.onnx"])), _folder["first.onnx"]);

        var json = (await CommandRun.OfAsync("compare", _folder["last.onnx"], _folder["first.onnx"], "--json")).Json;

        Assert.InRange(json.GetProperty("outputs")[0].GetProperty("largest_difference").GetDouble(), 0, 1e-4);
    }

    [Theory]
    [InlineData("--mean applies only to images; give them with --data", "--mean", "0.5")]
    [InlineData("--seed applies only without --data", "--data", "images", "--seed", "1")]
    public async Task Options_that_do_not_apply_are_refused(string line, params string[] options)
    {
        var run = await CommandRun.OfAsync(["compare", _folder["tiny.onnx"], _folder["tiny.onnx"], .. options]);

        Assert.Equal((ExitCode.Usage, $"tacit: {line}\n"), (run.Code, run.Error));
    }

    [Fact]
    public async Task Inputs_of_other_sizes_are_one_line()
    {
        var builder = new GraphBuilder("large");
        builder.Output(builder.Add("Relu", [builder.Input("image", new("N", 3, 16, 16))], name: "logits"), new("N", 3, 16, 16));
        OnnxWriter.Write(builder.Build(), _folder["large.onnx"]);

        var run = await CommandRun.OfAsync("compare", _folder["tiny.onnx"], _folder["large.onnx"]);

        Assert.Equal(
            (ExitCode.BadInput, $"tacit: {_folder["large.onnx"]} takes N x 3 x 16 x 16, but {_folder["tiny.onnx"]} takes N x 3 x 8 x 8\n"),
            (run.Code, run.Error)
        );
    }
}
