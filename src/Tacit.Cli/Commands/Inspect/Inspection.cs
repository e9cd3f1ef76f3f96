using System.Collections.Immutable;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Graphs.Costs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Operators;
using Tacit.Graphs.Passes;
using Tacit.Graphs.Passes.Canonical;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization;

namespace Tacit.Cli.Commands.Inspect;

/// <summary>The state of the batch norms of a network, which decides whether samples can be synthesised from it.</summary>
internal enum BatchNorms
{
    /// <summary>They are in the graph. Samples can be synthesised from their running statistics.</summary>
    Kept,

    /// <summary>There are none, and all convolutions have a bias, as if batch norms had been folded into them.</summary>
    Folded,

    /// <summary>They are written as Mul and Add. Their statistics are lost.</summary>
    Hidden,

    /// <summary>There are none. Either a convolution has no bias, or the network has no convolutions.</summary>
    None,
}

/// <summary>A layer with weights, such as a convolution.</summary>
/// <param name="Name">The name of the node.</param>
/// <param name="Operator">The ONNX operator.</param>
/// <param name="Output">The shape of the output, for one input.</param>
/// <param name="Parameters">The number of learned values, including a bias.</param>
/// <param name="MultiplyAccumulates">The number of multiply-accumulate operations for one input.</param>
internal sealed record InspectedLayer(string Name, string Operator, string Output, long Parameters, long MultiplyAccumulates);

/// <summary>The operators, costs and layers of a network, as tables and as a JSON object.</summary>
/// <remarks>
/// JSON fields: <c>bytes</c> is the size of the file; <c>parameters</c> is the number of learned values and <c>weights</c> the part of them
/// that quantisation makes smaller; <c>macs</c> is the number of multiply-accumulate operations for one input; <c>weight_bytes</c>,
/// <c>weight_bytes_8bit</c> and <c>weight_bytes_4bit</c> are the sizes of all initializers, as stored and with the weights at 8 and 4 bits;
/// <c>batch_norms</c> is "kept", "none_or_folded", "hidden" or "none"; <c>obstacle</c> says why it cannot be quantised, or is null; <c>quantized_activations</c> lists the activations that would get a
/// quantiser; <c>saturating</c> lists integer layers whose sums can exceed 16 bits on x86 processors without VNNI, and <c>largest_pair</c>
/// is the largest possible sum of two products. Both are empty or 0 for a float network.
/// </remarks>
internal sealed record Inspection
{
    /// <summary>The arguments of <c>torch.onnx.export</c> that keep batch norms in the file, for messages.</summary>
    public const string HowToKeep = "torch.onnx.export(..., training=TrainingMode.PRESERVE, do_constant_folding=False)";

    /// <summary>The path of the file, as given.</summary>
    public required string Model { get; init; }

    /// <summary>The size of the file in bytes. External data is not included.</summary>
    public required long FileBytes { get; init; }

    /// <summary>The inputs, with the shapes of --input-shape if it is given.</summary>
    public required ImmutableArray<Value> Inputs { get; init; }

    /// <summary>The outputs, with inferred shapes.</summary>
    public required ImmutableArray<Value> Outputs { get; init; }

    /// <summary>The number of nodes of each operator in canonical form, the most frequent first.</summary>
    public required IReadOnlyList<KeyValuePair<string, int>> Operators { get; init; }

    /// <summary>The parameters, bytes and operations of the network for one input.</summary>
    public required ModelCost Cost { get; init; }

    /// <summary>The state of the batch norms.</summary>
    public required BatchNorms BatchNorms { get; init; }

    /// <summary>The number of BatchNormalization nodes.</summary>
    public required int BatchNormCount { get; init; }

    /// <summary>One line on whether samples can be synthesised, and what to do otherwise.</summary>
    public required string BatchNormExplanation { get; init; }

    /// <summary>The layers that multiply and accumulate, in the order of computation.</summary>
    public required IReadOnlyList<InspectedLayer> Layers { get; init; }

    /// <summary>The activations that would be quantised to 8 bits, by name.</summary>
    public required IReadOnlyList<KeyValuePair<string, int>> Activations { get; init; }

    /// <summary>Why the network cannot be quantised, in the words of <c>tacit quantize</c>; null if nothing was found.</summary>
    public required string? Obstacle { get; init; }

    /// <summary>The metadata of the file.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>
    /// The number of Transpose nodes of activations in the file. They are typical of files with channels last (N, H, W, C).
    /// </summary>
    public required int TransposesInFile { get; init; }

    /// <summary>The number of these nodes that are left after conversion to (N, C, H, W), the layout of integer kernels.</summary>
    public required int TransposesLeft { get; init; }

    /// <summary>
    /// The kernels of ONNX Runtime for a quantised network; null for a float network, or if ONNX Runtime cannot load the file.
    /// </summary>
    public required KernelReport? Kernels { get; init; }

    /// <summary>Whether the file has quantisers, so that its batch norms and weights say nothing about the float network.</summary>
    private bool IsQuantized => Operators.Any(entry => entry.Key is "QuantizeLinear" or "DequantizeLinear");

    /// <summary>Inspects a network.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="original">The network, as read from the file.</param>
    /// <param name="inputs">Shapes that replace those of the inputs, by name; null keeps them.</param>
    /// <exception cref="ContentException">
    /// The network has an unsupported operator, shapes do not match, or a size is unknown that the costs depend on.
    /// </exception>
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
            FileBytes = OnnxModelFile.BytesOf(path),
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
            Obstacle = QuantizationSource.FindObstacle(original, inputs) is { } line ? OptionNames.In(line) : null,
            TransposesInFile = Transposes(WeightArrangement.Apply(folded)),
            TransposesLeft = Transposes(model),
            Metadata = original.Metadata,
            Kernels = nodes.Any(node => node.Operator == "DequantizeLinear") ? KernelsOf(path) : null,
        };
    }

    /// <summary>Creates the report: facts, then a table of the layers if there are any.</summary>
    public Report Report() => Layers.Count > 0 ? new(Data(), Facts(), LayerTable()) : new(Data(), Facts());

    /// <summary>Returns the JSON object. Sizes are in bytes, operations are for one input.</summary>
    private object Data() =>
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
            obstacle = IsQuantized ? null : Obstacle,
            quantized_activations = Activations.Select(entry => entry.Key),
            integer_layers = Kernels?.Bounds.Length ?? 0,
            saturating = Kernels?.Saturating.Select(bound => bound.Layer) ?? [],
            largest_pair = Kernels?.LargestPair ?? 0,
            metadata = Metadata,
        };

    private FactList Facts()
    {
        string? layout =
            TransposesLeft == TransposesInFile
                ? null
                : $"channels last in the file, first for integer kernels: {TransposesLeft} of {TransposesInFile} transposes of activations are left";
        return new FactList()
            .Add("model", $"{Model} ({Format.Bytes(FileBytes)})")
            .Add(Inputs.Select(value => new Fact("input", $"{value.Name}: {value.Type}")))
            .Add(Outputs.Select(value => new Fact("output", $"{value.Name}: {value.Type}")))
            .Add("layout", layout)
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
            )
            .Add("saturation", Kernels is { Bounds.IsEmpty: false } kernels ? SaturationText(kernels) : null)
            .Add(Metadata.Select(entry => new Fact(entry.Key, entry.Value)));
    }

    /// <summary>Describes the batch norms and, if they were folded, how to keep them in the export.</summary>
    private string BatchNormText() =>
        BatchNorms switch
        {
            BatchNorms.Folded or BatchNorms.None when IsQuantized => "none: the network is quantised already",
            BatchNorms.Folded => $"{BatchNormExplanation}, or export it again with {HowToKeep}",
            _ => BatchNormExplanation,
        };

    private string QuantizedText() =>
        IsQuantized ? "the network is quantised already"
        : Obstacle is { } line ? $"not possible: {line}"
        : $"the weights of {Layers.Count} layers, and {Activations.Count} activations";

    /// <summary>Returns the kernels of ONNX Runtime; null if it cannot load the file. The other figures do not depend on it.</summary>
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

    /// <summary>Names up to five layers whose 16-bit sums can saturate on x86 processors without VNNI.</summary>
    private static string SaturationText(KernelReport kernels)
    {
        var saturating = kernels.Saturating.Select(bound => bound.Layer).ToList();
        return saturating.Count == 0
            ? $"none: the {kernels.Bounds.Length} integer layers compute the same on every processor"
            : $"possible in {saturating.Count} of {kernels.Bounds.Length} integer layers on x86 processors without VNNI: {string.Join(", ", saturating.Take(5))}{(saturating.Count > 5 ? ", …" : "")}";
    }

    private ReportTable LayerTable() =>
        new(
            ["layer", "operator", "output", .. Column.Numbers("parameters", "MACs")],
            Layers.Select(layer =>
                new[] { layer.Name, layer.Operator, layer.Output, Format.Count(layer.Parameters), Format.Short(layer.MultiplyAccumulates) }
            )
        );

    private static int Transposes(Model model) => model.Graph.Nodes.Count(node => node.Operator == "Transpose");

    private static object Describe(Value value) =>
        new
        {
            value.Name,
            type = value.Type.Element.ToString(),
            shape = value.Type.Shape.Select(size => size.ToString()),
        };
}
