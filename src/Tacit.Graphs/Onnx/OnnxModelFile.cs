using Google.Protobuf;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Onnx;

/// <summary>What a file says of how it computes.</summary>
/// <param name="HasHalfPrecision">Whether it holds or computes numbers in half precision.</param>
/// <param name="IsInTrainingMode">Whether it was exported in training mode, so that its batch norms follow each batch instead of their statistics.</param>
public readonly record struct OnnxTraits(bool HasHalfPrecision, bool IsInTrainingMode);

/// <summary>An ONNX file as it was given, before any of it is read as a network.</summary>
public static class OnnxModelFile
{
    /// <summary>The file with more of its values as outputs, so that a runtime tells what it computes on the way.</summary>
    /// <param name="file">The bytes of a file that <see cref="OnnxReader"/> reads.</param>
    /// <param name="values">The names of values; those that no node of the file's graph gives are left out.</param>
    /// <returns>The bytes; the outputs are in the order of computation.</returns>
    public static byte[] WithOutputs(ReadOnlySpan<byte> file, IReadOnlySet<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var proto = ModelProto.Parser.ParseFrom(file);
        var outputs = proto.Graph.Output.Select(output => output.Name).ToHashSet(StringComparer.Ordinal);
        var inner = proto
            .Graph.Node.SelectMany(node => node.Output)
            .Where(output => values.Contains(output) && !outputs.Contains(output))
            .ToList();
        List<ValueInfoProto> all = [.. inner.Select(name => new ValueInfoProto { Name = name }), .. proto.Graph.Output];
        proto.Graph.Output.Clear();
        proto.Graph.Output.AddRange(all);
        return proto.ToByteArray();
    }

    /// <summary>Whether a file holds or computes numbers in half precision, and whether its batch norms follow each batch.</summary>
    public static OnnxTraits TraitsOf(ReadOnlySpan<byte> file)
    {
        var proto = ModelProto.Parser.ParseFrom(file);
        var attributes = proto
            .Graph.Node.Concat(proto.Functions.SelectMany(function => function.Node))
            .SelectMany(node => node.Attribute, (node, attribute) => (node.OpType, attribute.Name, attribute.I))
            .ToList();
        return new OnnxTraits(
            proto.Graph.Initializer.Any(tensor => IsHalf(tensor.DataType))
                || proto.Graph.Input.Any(input => IsHalf(input.Type?.TensorType?.ElemType ?? 0))
                || attributes.Any(attribute => attribute.Name == "to" && IsHalf((int)attribute.I)),
            attributes.Any(attribute => attribute is { OpType: "BatchNormalization", Name: "training_mode", I: not 0 })
        );
    }

    private static bool IsHalf(int element) => (ElementType)element is ElementType.Float16 or ElementType.BFloat16;
}
