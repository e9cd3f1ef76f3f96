using System.Text.Json.Nodes;
using Tacit.Cli.Hosting;
using Tacit.Cli.Tests.Commands.Runs;
using Tacit.Cli.Tests.Hosting;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Operators;
using Tacit.Graphs.Passes.Quantization;

namespace Tacit.Cli.Tests.Commands.Quantize;

public sealed partial class QuantizeCommandTests : IDisposable
{
    private static readonly string[] Small = ["--samples", "10", "--synthesis-steps", "3", "--steps", "3", "--threads", "1"];

    private readonly TemporaryFolder _folder = new();

    public QuantizeCommandTests() => TinyNetwork.Write(_folder["tiny.onnx"]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Json_has_the_figures_and_nothing_else_is_on_the_output()
    {
        var run = await QuantizeAsync("--json");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Single(run.Output.TrimEnd('\n').Split('\n'));
        Assert.Equal(_folder["small.onnx"], run.Json.GetProperty("output").GetString());
        Assert.Equal(new FileInfo(_folder["tiny.onnx"]).Length, run.Json.GetProperty("bytes_before").GetInt64());
        Assert.Equal(new FileInfo(_folder["small.onnx"]).Length, run.Json.GetProperty("bytes_after").GetInt64());
        foreach (var share in new[] { "agreement", "agreement_rounding", "simulation_vs_runtime" })
        {
            Assert.InRange(run.Json.GetProperty(share).GetDouble(), 0, 100);
        }

        Assert.InRange(run.Json.GetProperty("snr_db").GetDouble(), 0, 200);
        Assert.True(run.Json.GetProperty("seconds").GetDouble() > 0);
    }

    [Fact]
    public async Task Of_a_network_that_cannot_be_compared_with_its_file_nothing_is_written()
    {
        var builder = new GraphBuilder(OnnxReader.Read(_folder["tiny.onnx"]));
        builder.SetData("fc.bias", TensorData.Of<float>([1e30f, 1e30f, 1e30f]));
        var square = builder.Add("Mul", ["logits", "logits"]);
        var model = builder.Build();
        OnnxWriter.Write(
            new Model(
                new Graph(
                    "tiny",
                    model.Graph.Inputs,
                    model.Graph.Initializers.Values,
                    [.. model.Graph.Nodes, builder.Nodes[^1]],
                    [new Value(square, model.Graph.Outputs[0].Type)]
                ),
                model.Weights
            ),
            _folder["tiny.onnx"]
        );

        var run = await QuantizeAsync();

        Assert.NotEqual(ExitCode.Success, run.Code);
        Assert.Contains("gives numbers that are not finite for random samples in ONNX Runtime", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["small.onnx"]) || Directory.Exists(_folder["small.run"]));
    }

    [Fact]
    public async Task The_output_says_what_it_is()
    {
        await QuantizeAsync("-w", "4", "-a", "6", "--mean", "0.5", "--std", "0.25");

        var metadata = OnnxReader.Read(_folder["small.onnx"]).Metadata;

        Assert.Equal("W4A6", metadata["tacit.bits"]);
        Assert.Equal("fast", metadata["tacit.preset"]);
        Assert.Equal("0.5,0.5,0.5", metadata["tacit.input.mean"]);
        Assert.Equal(64, metadata["tacit.source.sha256"].Length);
    }

    [Fact]
    public Task The_run_is_described_as_it_was() =>
        RunFile.MatchesAsync(_folder["small.run"], Arguments(["-w", "4", "-a", "4"]), (_folder.Root, "FOLDER"));

    [Fact]
    public async Task The_page_stands_alone()
    {
        await QuantizeAsync("-w", "4", "-a", "4");

        var page = await File.ReadAllTextAsync(_folder["small.run/report.html"], TestContext.Current.CancellationToken);

        Assert.Contains("data:image/png;base64,", page, StringComparison.Ordinal);
        Assert.Contains("<polyline", page, StringComparison.Ordinal);
        Assert.DoesNotMatch("(src|href)=\"(?!data:)", page);
    }

    [Fact]
    public async Task An_output_that_exists_needs_force()
    {
        File.WriteAllText(_folder["small.onnx"], "old");

        var refused = await QuantizeAsync();
        var old = File.ReadAllText(_folder["small.onnx"]);
        var forced = await QuantizeAsync("--force");

        Assert.Equal(
            (ExitCode.Usage, $"tacit: {_folder["small.onnx"]} exists; overwrite it with --force, or choose another name\n"),
            (refused.Code, refused.Error)
        );
        Assert.Equal("old", old);
        Assert.Equal(ExitCode.Success, forced.Code);
    }

    [Fact]
    public async Task Samples_are_kept_and_shared()
    {
        var kept = await QuantizeAsync("--keep-samples", _folder["samples.safetensors"]);
        var shared = await CommandRun.OfAsync(
            "quantize",
            _folder["tiny.onnx"],
            "--samples-from",
            _folder["samples.safetensors"],
            "-o",
            _folder["other.onnx"],
            "--steps",
            "3",
            "--threads",
            "1"
        );

        Assert.Equal((ExitCode.Success, ExitCode.Success), (kept.Code, shared.Code));
        Assert.Equal(
            await File.ReadAllBytesAsync(_folder["small.onnx"], TestContext.Current.CancellationToken),
            await File.ReadAllBytesAsync(_folder["other.onnx"], TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task A_stopped_run_with_images_goes_on_to_the_same_file_when_the_images_are_gone()
    {
        TinyNetwork.WriteImages(_folder["images"]);
        string[] more = ["-w", "4", "-a", "4", "--calibration", _folder["images"], "--mean", "0.5", "--std", "0.25"];
        await QuantizeAsync(more);
        var expected = await File.ReadAllBytesAsync(_folder["small.onnx"], TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await CommandRun.OfAsync(stop.Token, Arguments([.. more, "--force"]));
        Directory.Delete(_folder["images"], recursive: true);

        var resumed = await CommandRun.OfAsync("quantize", "--resume", _folder["small.run"], "--force", "--json");

        Assert.Equal(ExitCode.Success, resumed.Code);
        Assert.Equal(expected, await File.ReadAllBytesAsync(_folder["small.onnx"], TestContext.Current.CancellationToken));
        Assert.Equal(_folder["images"], resumed.Json.GetProperty("calibration").GetString());
        Assert.Equal("images", resumed.Json.GetProperty("judgements")[1].GetProperty("on").GetString());
    }

    [Fact]
    public async Task One_image_is_too_few_and_leaves_nothing_behind()
    {
        TinyNetwork.WriteImages(_folder["images"]);
        foreach (var surplus in Directory.EnumerateFiles(_folder["images"], "*.png", SearchOption.AllDirectories).Skip(1).ToList())
        {
            File.Delete(surplus);
        }

        var run = await QuantizeAsync("--calibration", _folder["images"], "--mean", "0.5", "--std", "0.25");

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("at least 2 images of its channels and size", run.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["small.run"]));
    }

    [Fact]
    public async Task Images_need_to_know_how_they_are_prepared()
    {
        TinyNetwork.WriteImages(_folder["images"]);

        var run = await QuantizeAsync("--calibration", _folder["images"]);

        Assert.Equal(
            (
                ExitCode.BadInput,
                $"tacit: {_folder["tiny.onnx"]} does not say how its images are prepared; give --mean a,b,c and --std a,b,c as in its training\n"
            ),
            (run.Code, run.Error)
        );
    }

    [Fact]
    public async Task A_folded_network_is_rounded_only_when_asked_and_says_so()
    {
        TinyNetwork.Write(_folder["tiny.onnx"], batchNorms: false);

        var run = await QuantizeAsync("--allow-rounding", "--json");

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Contains(
            run.Json.GetProperty("remarks").EnumerateArray(),
            remark => remark.GetString()!.Contains("observed on noise", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_network_with_the_channels_last_stays_so_and_is_evaluated()
    {
        TinyNetwork.WriteChannelsLast(_folder["last.onnx"]);
        TinyNetwork.WriteImages(_folder["images"]);

        var run = await CommandRun.OfAsync(
            "quantize",
            _folder["last.onnx"],
            "-o",
            _folder["small.onnx"],
            "--no-synthesis",
            "--calibration",
            _folder["images"],
            "--mean",
            "0.5",
            "--std",
            "0.5"
        );
        var evaluations = await Task.WhenAll(
            CommandRun.OfAsync("evaluate", _folder["last.onnx"], "--data", _folder["images"], "--mean", "0.5", "--std", "0.5", "--json"),
            CommandRun.OfAsync("evaluate", _folder["small.onnx"], "--data", _folder["images"], "--json")
        );

        Assert.Equal(ExitCode.Success, run.Code);
        Assert.Equal(new Shape("N", 8, 8, 3), OnnxReader.Read(_folder["small.onnx"]).Graph.Inputs[0].Type.Shape);
        Assert.Equal(evaluations[0].Json.GetProperty("confusion").ToString(), evaluations[1].Json.GetProperty("confusion").ToString());
    }

    [Fact]
    public async Task Bits_by_name_are_in_the_output()
    {
        var run = await QuantizeAsync("--bits", "first*=3", "--bits", "logits=5", "--json");

        Assert.Equal(
            [("first.conv", 3), ("second.conv", 8), ("logits", 5)],
            run.Json.GetProperty("weights")
                .EnumerateArray()
                .Select(layer => (layer.GetProperty("layer").GetString()!, layer.GetProperty("bits").GetInt32()))
        );
        Assert.Equal("mixed, A8", OnnxReader.Read(_folder["small.onnx"]).Metadata["tacit.bits"]);
    }

    [Fact]
    public async Task Folded_batch_norms_leave_nothing_behind()
    {
        TinyNetwork.Write(_folder["tiny.onnx"], batchNorms: false);

        var run = await QuantizeAsync();

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("training=TrainingMode.PRESERVE, do_constant_folding=False", run.Error, StringComparison.Ordinal);
        Assert.Equal(["tiny.onnx"], Directory.EnumerateFileSystemEntries(_folder.Root).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData(
        "--max-bytes chooses the bits of weights: remove -w, and set the bits of single layers with --bits",
        "--max-bytes",
        "5k",
        "-w",
        "4"
    )]
    [InlineData("--max-bytes packs weights: --weight-storage must be packed", "--max-bytes", "5k", "--weight-storage", "int8")]
    [InlineData("--calibration-images limits the images of --calibration: give a folder or ZIP file with it", "--calibration-images", "9")]
    [InlineData("--no-synthesis leaves no data: give images or videos with --calibration", "--no-synthesis")]
    [InlineData(
        "--bits takes the name of a layer or activation and 2 to 8 bits, as conv1=8, not first.conv; see tacit quantize --help",
        "--bits",
        "first.conv"
    )]
    [InlineData(
        "--max-bytes takes a number of bytes, such as 250000, 250k or 1.5M, not much; see tacit quantize --help",
        "--max-bytes",
        "much"
    )]
    [InlineData("--samples-from synthesises nothing: remove --samples and --synthesis-steps", "--samples-from", "tiny.onnx")]
    [InlineData(
        "--max-bytes packs weights: --weight-storage must be packed; "
            + "--max-bytes chooses the bits of weights: remove -w, and set the bits of single layers with --bits; "
            + "--no-synthesis leaves no data: give images or videos with --calibration",
        "--max-bytes",
        "5k",
        "--weight-storage",
        "int8",
        "-w",
        "4",
        "--no-synthesis"
    )]
    public async Task Options_that_exclude_each_other_are_refused(string line, params string[] more)
    {
        var run = await QuantizeAsync([.. more.Select(word => word == "tiny.onnx" ? _folder[word] : word)]);

        Assert.Equal((ExitCode.Usage, $"tacit: {line}\n"), (run.Code, run.Error));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_noticed_first()
    {
        File.WriteAllText(_folder["file"], "");

        var run = await CommandRun.OfAsync("quantize", _folder["tiny.onnx"], "-o", _folder["file/small.onnx"]);

        Assert.Equal(ExitCode.BadInput, run.Code);
        Assert.Contains("cannot be written", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Eight_bits_are_fine_tuned_only_where_steps_are_given()
    {
        string[] samples = ["--samples", "10", "--synthesis-steps", "3", "--threads", "1"];
        await CommandRun.OfAsync(["quantize", _folder["tiny.onnx"], "-o", _folder["rounded.onnx"], .. samples]);
        await QuantizeAsync();

        Assert.DoesNotContain("fine-tuning", Metrics("rounded"), StringComparison.Ordinal);
        Assert.Contains("fine-tuning", Metrics("small"), StringComparison.Ordinal);

        string Metrics(string name) => File.ReadAllText(_folder[$"{name}.run/metrics.jsonl"]);
    }

    [Fact]
    public async Task Nodes_can_be_kept_in_float()
    {
        var layers = FakeQuantizationInsertion.Layers(OnnxReader.Read(_folder["tiny.onnx"]).Graph);

        var run = await QuantizeAsync("--float", layers[0].Name, "--json");
        var refused = await QuantizeAsync("--force", "--float", "nowhere*");

        Assert.Equal(layers.Length - 1, run.Json.GetProperty("weights").GetArrayLength());
        Assert.Equal(ExitCode.BadInput, refused.Code);
        Assert.StartsWith("tacit: no node to keep in float is named nowhere*; layers are ", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_outputs_are_reported_one_by_one()
    {
        var model = OnnxReader.Read(_folder["tiny.onnx"]);
        var (graph, layers) = (model.Graph, FakeQuantizationInsertion.Layers(model.Graph));
        var map = new Value(layers[0].Output, ShapeInference.Infer(model)[layers[0].Output]);
        OnnxWriter.Write(
            new Model(new Graph("two", graph.Inputs, graph.Initializers.Values, graph.Nodes, [.. graph.Outputs, map]), model.Weights),
            _folder["two.onnx"]
        );

        var run = await CommandRun.OfAsync(["quantize", _folder["two.onnx"], "-o", _folder["small.onnx"], .. Small, "-w", "4", "--json"]);

        Assert.True(run.Code == ExitCode.Success, run.Error);
        Assert.Equal("maps", run.Json.GetProperty("task").GetString());
        var outputs = run.Json.GetProperty("judgements")[0].GetProperty("outputs").EnumerateArray();
        Assert.Equal(["logits", map.Name], outputs.Select(output => output.GetProperty("name").GetString()));
        var page = await File.ReadAllTextAsync(_folder["small.run/report.html"], TestContext.Current.CancellationToken);
        Assert.Contains(map.Name, page, StringComparison.Ordinal);
    }

    private Task<CommandRun> QuantizeAsync(params string[] more) => CommandRun.OfAsync(Arguments(more));

    // Leaves a run that was stopped after its first step.
    private async Task StopAsync(params string[] more)
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await CommandRun.OfAsync(stop.Token, Arguments(more));
    }

    private void EditOptions(Action<JsonNode> edit)
    {
        var run = JsonNode.Parse(File.ReadAllText(_folder["small.run/run.json"]))!;
        edit(run["options"]!["options"]!);
        File.WriteAllText(_folder["small.run/run.json"], run.ToJsonString());
    }

    private string[] Arguments(string[] more) => ["quantize", _folder["tiny.onnx"], "-o", _folder["small.onnx"], .. Small, .. more];
}
