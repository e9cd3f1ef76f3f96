using Tacit.Cli.Hosting;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Quantization;

namespace Tacit.Cli.Tests.Commands.Inspect;

public sealed class InspectCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_shows_operators_costs_and_layers()
    {
        TinyNetwork.Write(_folder["tiny.onnx"]);

        var run = await CommandRun.OfAsync("inspect", _folder["tiny.onnx"]);

        Assert.Equal((ExitCode.Success, ""), (run.Code, run.Error));
        Expectation.Matches("inspect", run.Output.Replace(_folder.Root, "FOLDER", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, "kept", 2)]
    [InlineData(false, "none_or_folded", 0)]
    public async Task Json_says_what_became_of_the_batch_norms(bool batchNorms, string state, int count)
    {
        TinyNetwork.Write(_folder["tiny.onnx"], batchNorms);

        var json = (await CommandRun.OfAsync("inspect", _folder["tiny.onnx"], "--json")).Json;

        Assert.Equal((state, count), (json.GetProperty("batch_norms").GetString(), json.GetProperty("batch_norm_count").GetInt32()));
    }

    [Theory]
    [InlineData(WeightRange.Safe, 0, "none: the 3 integer layers compute the same on every processor")]
    [InlineData(WeightRange.Full, 3, "possible in 3 of 3 integer layers on x86 processors without VNNI")]
    public async Task Layers_that_may_saturate_are_counted(WeightRange range, int count, string said)
    {
        TinyNetwork.Write(_folder["tiny.onnx"]);
        var student = new FakeQuantizationInsertion(new BitWidths { Range = range }).Apply(OnnxReader.Read(_folder["tiny.onnx"]));
        OnnxWriter.Write(new QdqExport().Apply(student), _folder["small.onnx"]);

        var text = (await CommandRun.OfAsync("inspect", _folder["small.onnx"])).Output;
        var json = (await CommandRun.OfAsync("inspect", _folder["small.onnx"], "--json")).Json;

        Assert.Contains(said, text, StringComparison.Ordinal);
        Assert.Equal((3, count), (json.GetProperty("integer_layers").GetInt32(), json.GetProperty("saturating").GetArrayLength()));
    }

    [Fact]
    public async Task Channels_that_are_last_are_said_to_be()
    {
        TinyNetwork.WriteChannelsLast(_folder["last.onnx"]);

        var text = (await CommandRun.OfAsync("inspect", _folder["last.onnx"])).Output;
        var json = (await CommandRun.OfAsync("inspect", _folder["last.onnx"], "--json")).Json;

        Assert.Contains(
            "channels last in the file, first for integer kernels: 1 of 4 transposes of activations are left",
            text,
            StringComparison.Ordinal
        );
        Assert.Contains("2 batch norms are written as Mul and Add", text, StringComparison.Ordinal);
        Assert.Equal((4, 1), (json.GetProperty("transposes").GetInt32(), json.GetProperty("transposes_left").GetInt32()));
        Assert.Equal("hidden", json.GetProperty("batch_norms").GetString());
    }

    [Fact]
    public async Task Json_counts_parameters_and_multiplications()
    {
        TinyNetwork.Write(_folder["tiny.onnx"]);

        var json = (await CommandRun.OfAsync("inspect", _folder["tiny.onnx"], "--json")).Json;

        Assert.Equal(8 * 27 + 8 * 72 + 24, json.GetProperty("weights").GetInt64());
        Assert.Equal(64 * (8 * 27 + 8 * 72) + 24, json.GetProperty("macs").GetInt64());
    }

    [Fact]
    public async Task What_quantize_refuses_is_said_in_its_words()
    {
        var builder = new GraphBuilder("two");
        var sum = builder.Add("Add", [builder.Input("a", new("N", 3, 8, 8)), builder.Input("b", new("N", 3, 8, 8))], name: "sum");
        builder.Output(sum, new("N", 3, 8, 8));
        OnnxWriter.Write(builder.Build(), _folder["two.onnx"]);

        var inspected = await CommandRun.OfAsync("inspect", _folder["two.onnx"], "--json");
        var refused = await CommandRun.OfAsync("quantize", _folder["two.onnx"], "-o", _folder["small.onnx"]);

        var obstacle = inspected.Json.GetProperty("obstacle").GetString();
        Assert.Equal("the network has 2 inputs (a, b); one is supported", obstacle);
        Assert.Equal((ExitCode.BadInput, $"tacit: {obstacle}\n"), (refused.Code, refused.Error));
    }

    [Fact]
    public async Task Open_sizes_need_a_shape()
    {
        TinyNetwork.Write(_folder["open.onnx"], openSize: true);

        var without = await CommandRun.OfAsync("inspect", _folder["open.onnx"]);
        var with = await CommandRun.OfAsync("inspect", _folder["open.onnx"], "--input-shape", "1x3x8x8");

        Assert.Equal((ExitCode.BadInput, ExitCode.Success), (without.Code, with.Code));
        Assert.Contains("--input-shape", without.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shape_that_does_not_fit_is_refused()
    {
        TinyNetwork.Write(_folder["tiny.onnx"]);

        var run = await CommandRun.OfAsync("inspect", _folder["tiny.onnx"], "--input-shape", "1x3x9x9");

        Assert.Equal(
            (ExitCode.Usage, "tacit: --input-shape 1 x 3 x 9 x 9 does not fit the network's input image: N x 3 x 8 x 8\n"),
            (run.Code, run.Error)
        );
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 })]
    public async Task What_is_no_network_gets_one_line_and_code_3(byte[] bytes)
    {
        File.WriteAllBytes(_folder["bad.onnx"], bytes);

        var run = await CommandRun.OfAsync("inspect", _folder["bad.onnx"]);

        Assert.Equal((ExitCode.BadInput, ""), (run.Code, run.Output));
        Assert.Single(run.Error.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task A_folder_is_no_network()
    {
        var run = await CommandRun.OfAsync("inspect", _folder.Root);

        Assert.Equal((ExitCode.BadInput, $"tacit: {_folder.Root} is a folder, not an ONNX file\n"), (run.Code, run.Error));
    }
}
