using System.Collections.Immutable;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Onnx;

/// <summary>The largest magnitude that a sum of two products can reach in an integer layer.</summary>
/// <remarks>
/// <para>
/// x86 processors without VNNI multiply unsigned bytes by signed bytes and add pairs of products in 16 bits, which saturate (the
/// instruction VPMADDUBSW). A layer whose bound exceeds <see cref="Limit"/> may compute other results there.
/// </para>
/// <para>
/// The bound is x · max over output channels of (w1 + w2), where x is the largest integer of the layer's input and w1 and w2 are the two
/// largest weights of one sign. It therefore holds for every input and for every order in which a runtime packs the weights.
/// </para>
/// </remarks>
/// <param name="Layer">The name of the layer's node, or of its output if the node has none.</param>
/// <param name="LargestPair">
/// The bound. 0 if the weights are unsigned, because their kernels are exact. If the weights are unknown, the bound for the largest
/// possible weights.
/// </param>
/// <example>
/// Weights 64 and 64 and inputs up to 255 give 32,640, which fits 16 bits. Weights 127 and 90 give 55,335, which does not.
/// </example>
public sealed record SaturationBound(string Layer, long LargestPair)
{
    /// <summary>The largest sum that 16 bits hold: 32,767.</summary>
    public const int Limit = short.MaxValue;

    /// <summary>Whether an input exists for which the layer saturates on an x86 processor without VNNI.</summary>
    public bool CanSaturate => LargestPair > Limit;

    /// <summary>Returns the largest magnitude of weights for which the sum of two products always fits: at most 127.</summary>
    /// <param name="largestInput">The largest integer of the layer's input, 1 to 255.</param>
    /// <returns>64 for 8-bit inputs (255), 127 for inputs of 7 bits or fewer.</returns>
    public static int LargestWeight(int largestInput) => Math.Min(sbyte.MaxValue, Limit / (2 * largestInput));
}

/// <summary>Computes the bounds of all integer layers of a file in which ONNX Runtime has fused quantisers into kernels.</summary>
/// <remarks>
/// The largest integer of each value is tracked through the graph: a Clip sets it, Concat takes the maximum, and nodes that only move
/// elements pass it on. All other values can reach 255.
/// </remarks>
internal static class SaturationBounds
{
    private const long LargestByte = byte.MaxValue;
    private const long LargestOfUnknownWeights = 2 * -sbyte.MinValue;

    /// <summary>The index of the weights among the inputs of each integer layer.</summary>
    private static readonly Dictionary<string, int> WeightInputs = new(StringComparer.Ordinal)
    {
        ["QLinearConv"] = 3,
        ["QGemm"] = 3,
        ["QLinearMatMul"] = 3,
        ["ConvInteger"] = 1,
        ["MatMulInteger"] = 1,
        ["MatMulIntegerToFloat"] = 1,
        ["DynamicQuantizeMatMul"] = 1,
    };

    /// <summary>Operators whose result only contains elements of their first input.</summary>
    private static readonly HashSet<string> Moves =
    [
        "MaxPool",
        "NhwcMaxPool",
        "Reshape",
        "Transpose",
        "Flatten",
        "Slice",
        "Split",
        "Squeeze",
        "Unsqueeze",
        "Identity",
    ];

    /// <summary>Returns the bounds in the order of computation, including those in the bodies of If, Loop and Scan.</summary>
    public static ImmutableArray<SaturationBound> Of(GraphProto graph)
    {
        var tensors = graph.Initializer.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var largest = new Dictionary<string, long>(StringComparer.Ordinal); // the largest integer of each value; others reach 255
        var bounds = ImmutableArray.CreateBuilder<SaturationBound>();
        foreach (var node in graph.Node)
        {
            if (WeightInputs.TryGetValue(node.OpType, out var input))
            {
                var weights = tensors.TryGetValue(node.Input[input], out var weight)
                    ? LargestWeights(node, weight)
                    : LargestOfUnknownWeights;
                bounds.Add(new SaturationBound(node.Name.Length > 0 ? node.Name : node.Output[0], weights * LargestOf(node.Input[0])));
            }

            var result = LargestResult(node);
            foreach (var output in node.Output)
            {
                largest[output] = result;
            }

            bounds.AddRange(OnnxFile.Bodies(node).SelectMany(body => Of(body)));
        }

        return bounds.ToImmutable();

        long LargestOf(string value) => largest.GetValueOrDefault(value, LargestByte);

        long LargestResult(NodeProto node) =>
            node.OpType switch
            {
                "Clip" when Constant(node, 2) is { } highest => highest,
                "Pad" => Math.Max(Constant(node, 2) ?? 0, LargestOf(node.Input[0])),
                "Concat" => node.Input.Max(LargestOf),
                _ when Moves.Contains(node.OpType) => LargestOf(node.Input[0]),
                _ => LargestByte,
            };

        long? Constant(NodeProto node, int input) =>
            node.Input.Count > input && tensors.TryGetValue(node.Input[input], out var tensor) && tensor.DataType == (int)ElementType.UInt8
                ? Bytes(tensor)[0]
                : null;
    }

    /// <summary>Returns the largest sum of two weights of one sign, over all output channels; 0 for unsigned weights.</summary>
    private static long LargestWeights(NodeProto node, TensorProto weight)
    {
        if (weight.DataType != (int)ElementType.Int8 || weight.Dims.Any(size => size == 0))
        {
            return 0;
        }

        var isConvolution = node.OpType.EndsWith("Conv", StringComparison.Ordinal) || node.OpType == "ConvInteger";
        var isTransposed = node.Attribute.Any(attribute => attribute is { Name: "transB", I: not 0 });
        var channels = (int)(
            weight.Dims.Count == 1 ? 1
            : isConvolution || isTransposed ? weight.Dims[0]
            : weight.Dims[^1]
        );
        var bytes = Bytes(weight);
        var each = bytes.Length / channels;
        var (outer, inner) = isConvolution || isTransposed ? (each, 1) : (1, channels);
        long largest = 0;
        for (var channel = 0; channel < channels; channel++)
        {
            int first = 0,
                second = 0,
                lowest = 0,
                next = 0;
            for (var i = 0; i < each; i++)
            {
                var q = (int)(sbyte)bytes[channel * outer + i * inner];
                (first, second) = q > first ? (q, first) : (first, Math.Max(second, q));
                (lowest, next) = q < lowest ? (q, lowest) : (lowest, Math.Min(next, q));
            }

            largest = Math.Max(largest, Math.Max(first + second, -(lowest + next)));
        }

        return largest;
    }

    private static byte[] Bytes(TensorProto tensor) =>
        tensor.HasRawData ? tensor.RawData.ToByteArray() : [.. tensor.Int32Data.Select(value => (byte)value)];
}
