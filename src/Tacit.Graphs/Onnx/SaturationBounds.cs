using System.Collections.Immutable;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Onnx;

/// <summary>The largest sum of two products that an integer layer can meet.</summary>
/// <remarks>
/// x86 processors without VNNI multiply unsigned bytes by signed ones and add pairs of products in 16 bits, which saturate: a
/// layer whose bound exceeds <see cref="Limit"/> may compute something else there. The bound holds for every input and for
/// every order in which a runtime packs the weights: it takes the two largest weights of one sign of an output channel, and the
/// largest integer that the layer's input has.
/// </remarks>
/// <param name="Layer">The name of the layer's node, or of its output where that has none.</param>
/// <param name="LargestPair">The largest magnitude of a sum of two products; 0 where the weights are unsigned, whose kernels are
/// exact; where they are not known, that of the largest there could be.</param>
/// <example>Weights 64 and 64, inputs up to 255: 32,640, which 16 bits hold. Weights 127 and 90: 55,335, which they do not.</example>
public sealed record SaturationBound(string Layer, long LargestPair)
{
    /// <summary>The largest sum that 16 bits hold: 32,767.</summary>
    public const int Limit = short.MaxValue;

    /// <summary>Whether some input saturates the layer on an x86 processor without VNNI.</summary>
    public bool CanSaturate => LargestPair > Limit;

    /// <summary>The largest magnitude of a weight of which two products always fit: 64 for inputs of 8 bits.</summary>
    /// <param name="largestInput">The largest integer of the layer's input, 1 to 255.</param>
    public static int LargestWeight(int largestInput) => Math.Min(sbyte.MaxValue, Limit / (2 * largestInput));
}

/// <summary>Finds the bound of every integer layer of a file whose quantisers ONNX Runtime has fused into kernels.</summary>
internal static class SaturationBounds
{
    private const long LargestByte = byte.MaxValue;
    private const long LargestOfUnknownWeights = 2 * -sbyte.MinValue;

    // Where the weights are among the inputs.
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

    // Operators that give out only integers of their first input.
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

    public static ImmutableArray<SaturationBound> Of(GraphProto graph)
    {
        var tensors = graph.Initializer.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
        var largest = new Dictionary<string, long>(StringComparer.Ordinal); // the integers of values, where not the largest byte
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

    // Of all output channels, the largest sum of two weights of one sign.
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
