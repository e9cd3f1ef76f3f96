using System.Collections.Immutable;
using Spectre.Console;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Graphs.Costs;
using Tacit.Graphs.Operators;
using Tacit.Graphs.Passes;
using Tacit.Graphs.Passes.Canonical;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Sessions;

namespace Tacit.Cli.Commands.Inspect;

/// <summary>What happened to a network's batch norms.</summary>
internal enum BatchNorms
{
    /// <summary>They are in the graph: samples can be synthesised from their statistics.</summary>
    Kept,

    /// <summary>There are none, and convolutions have biases as if they had been folded in.</summary>
    Folded,

    /// <summary>They are written as Mul and Add, without their statistics.</summary>
    Hidden,

    /// <summary>There are none.</summary>
    None,
}

/// <summary>A layer with weights.</summary>
internal sealed record InspectedLayer(string Name, string Operator, string Output, long Parameters, long MultiplyAccumulates);

/// <summary>What a network consists of, as tables and as an object.</summary>
internal sealed record Inspection
{
    public const string HowToKeep = "torch.onnx.export(..., training=TrainingMode.PRESERVE, do_constant_folding=False)";

    public required string Model { get; init; }

    public required long FileBytes { get; init; }

    public required ImmutableArray<Value> Inputs { get; init; }

    public required ImmutableArray<Value> Outputs { get; init; }

    public required IReadOnlyList<KeyValuePair<string, int>> Operators { get; init; }

    public required ModelCost Cost { get; init; }

    public required BatchNorms BatchNorms { get; init; }

    public required int BatchNormCount { get; init; }

    public required string BatchNormExplanation { get; init; }

    public required IReadOnlyList<InspectedLayer> Layers { get; init; }

    public required IReadOnlyList<KeyValuePair<string, int>> Activations { get; init; }

    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>Transposes of activations in the file.</summary>
    public required int TransposesInFile { get; init; }

    /// <summary>Those of them that are left once images are brought to N x C x H x W.</summary>
    public required int TransposesLeft { get; init; }

    /// <summary>What ONNX Runtime makes of the network; null where it is not quantised, or cannot be loaded there.</summary>
    public required KernelReport? Kernels { get; init; }

    private bool IsQuantized => Operators.Any(entry => entry.Key is "QuantizeLinear" or "DequantizeLinear");

    /// <summary>Looks at a network.</summary>
    /// <exception cref="ContentException">Shapes do not fit, or a size is not known that has to be.</exception>
    public static Inspection Of(string path, Model original, IReadOnlyDictionary<string, Shape>? inputs)
    {
        var folded = ConstantFolding.Apply(original, inputs);
        var model = Canonicalization.Apply(folded);
        var cost = ModelCost.Of(model, inputs);
        var types = ShapeInference.Infer(model, inputs);
        var nodes = model.Graph.Nodes;
        var norms = BatchNormReport.Of(model);
        return new Inspection
        {
            Model = path,
            FileBytes = new FileInfo(path).Length,
            Inputs = [.. model.Graph.Inputs.Select(value => value with { Type = types[value.Name] })],
            Outputs = [.. model.Graph.Outputs.Select(value => value with { Type = types[value.Name] })],
            Operators =
            [
                .. nodes
                    .CountBy(node => node.Operator)
                    .OrderByDescending(entry => entry.Value)
                    .ThenBy(entry => entry.Key, StringComparer.Ordinal),
            ],
            Cost = cost,
            BatchNorms = norms switch
            {
                { Kept: > 0 } => BatchNorms.Kept,
                { Hidden: > 0 } => BatchNorms.Hidden,
                { Folded: > 0, Bare: 0 } => BatchNorms.Folded,
                _ => BatchNorms.None,
            },
            BatchNormCount = norms.Kept,
            BatchNormExplanation = norms.Kept > 0 ? norms.Explanation : $"{norms.Explanation}; give --calibration FOLDER",
            Layers =
            [
                .. cost
                    .Nodes.Where(node => node.MultiplyAccumulates > 0)
                    .Select(node => new InspectedLayer(
                        node.Node.Name,
                        node.Node.Operator,
                        types[node.Node.Output].Shape.ToString(),
                        node.Parameters,
                        node.MultiplyAccumulates
                    )),
            ],
            Activations = new FakeQuantizationInsertion(new BitWidths()).Activations(DecomposedBatchNormFolding.Apply(model)),
            TransposesInFile = Transposes(WeightArrangement.Apply(folded)),
            TransposesLeft = Transposes(model),
            Metadata = original.Metadata,
            Kernels = nodes.Any(node => node.Operator == "DequantizeLinear") ? KernelsOf(path) : null,
        };
    }

    /// <summary>The object of --json.</summary>
    public object ToJson() =>
        new
        {
            model = Model,
            bytes = FileBytes,
            inputs = Inputs.Select(Describe),
            outputs = Outputs.Select(Describe),
            operators = Operators.ToDictionary(entry => entry.Key, entry => entry.Value),
            parameters = Cost.Parameters,
            weights = Cost.Weights,
            macs = Cost.MultiplyAccumulates,
            weight_bytes = Cost.Bytes,
            weight_bytes_8bit = Cost.BytesAt(8),
            weight_bytes_4bit = Cost.BytesAt(4),
            batch_norms = BatchNorms == BatchNorms.Folded ? "none_or_folded" : BatchNorms.ToString().ToLowerInvariant(),
            batch_norm_count = BatchNormCount,
            transposes = TransposesInFile,
            transposes_left = TransposesLeft,
            layers = Layers.Select(layer => new
            {
                layer.Name,
                @operator = layer.Operator,
                layer.Output,
                layer.Parameters,
                macs = layer.MultiplyAccumulates,
            }),
            quantized_activations = Activations.Select(entry => entry.Key),
            integer_layers = Kernels?.Bounds.Length ?? 0,
            saturating = Kernels?.Saturating.Select(bound => bound.Layer) ?? [],
            largest_pair = Kernels?.LargestPair ?? 0,
            metadata = Metadata,
        };

    /// <summary>Writes figures and the layers.</summary>
    public void Write(IAnsiConsole console)
    {
        var facts = new FactList().Add("model", $"{Model} ({Format.Bytes(FileBytes)})");
        foreach (var (name, values) in new[] { ("input", Inputs), ("output", Outputs) })
        {
            foreach (var value in values)
            {
                facts.Add(name, $"{value.Name}: {value.Type}");
            }
        }

        if (TransposesLeft != TransposesInFile)
        {
            facts.Add(
                "layout",
                $"channels last in the file, first for integer kernels: {TransposesLeft} of {TransposesInFile} transposes of activations are left"
            );
        }

        facts
            .Add("operators", string.Join(", ", Operators.Select(entry => $"{entry.Value} {entry.Key}")))
            .Add(
                "parameters",
                $"{Format.Count(Cost.Parameters)}, {Format.Count(Cost.Weights)} of them weights of convolutions and linear layers"
            )
            .Add("cost", $"{Format.Short(Cost.MultiplyAccumulates)} multiply-accumulates for one input")
            .Add("batch norms", BatchNormText())
            .Add("quantised", QuantizedText())
            .Add(
                "weights",
                $"{Format.Bytes(Cost.Bytes)} as stored, {Format.Bytes(Cost.BytesAt(8))} at 8 bits, {Format.Bytes(Cost.BytesAt(4))} at 4 bits"
            );
        if (Kernels is { Bounds.IsEmpty: false } kernels)
        {
            facts.Add("saturation", SaturationText(kernels));
        }

        foreach (var (name, value) in Metadata)
        {
            facts.Add(name, value);
        }

        facts.Write(console);
        if (Layers.Count > 0)
        {
            console.Write(LayerTable());
        }
    }

    private string BatchNormText() =>
        BatchNorms switch
        {
            BatchNorms.Folded or BatchNorms.None when IsQuantized => "none: the network is quantised already",
            BatchNorms.Folded => $"{BatchNormExplanation}, or export it again with {HowToKeep}",
            _ => BatchNormExplanation,
        };

    private string QuantizedText() =>
        IsQuantized ? "the network is quantised already" : $"the weights of {Layers.Count} layers, and {Activations.Count} activations";

    // Null where ONNX Runtime cannot load the file: what can be told of it is told all the same.
    private static KernelReport? KernelsOf(string path)
    {
        try
        {
            return KernelReport.Of(path);
        }
        catch (InvalidFileException)
        {
            return null;
        }
    }

    private static string SaturationText(KernelReport kernels)
    {
        var saturating = kernels.Saturating.Select(bound => bound.Layer).ToList();
        return saturating.Count == 0
            ? $"none: the {kernels.Bounds.Length} integer layers compute the same on every processor"
            : $"possible in {saturating.Count} of {kernels.Bounds.Length} integer layers on x86 processors without VNNI: {string.Join(", ", saturating.Take(5))}{(saturating.Count > 5 ? ", …" : "")}";
    }

    private Table LayerTable()
    {
        var table = new Table()
            .Border(TableBorder.Simple)
            .AddColumns("layer", "operator", "output")
            .AddColumn(new TableColumn("parameters").RightAligned())
            .AddColumn(new TableColumn("MACs").RightAligned());
        foreach (var layer in Layers)
        {
            table.AddRow(
                new Text(layer.Name),
                new Text(layer.Operator),
                new Text(layer.Output),
                new Text(Format.Count(layer.Parameters)),
                new Text(Format.Short(layer.MultiplyAccumulates))
            );
        }

        return table;
    }

    private static int Transposes(Model model) => model.Graph.Nodes.Count(node => node.Operator == "Transpose");

    private static object Describe(Value value) =>
        new
        {
            value.Name,
            type = value.Type.Element.ToString(),
            shape = value.Type.Shape.Select(size => size.ToString()),
        };
}
