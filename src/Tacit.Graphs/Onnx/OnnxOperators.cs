using System.Collections.Immutable;
using Google.Protobuf;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Onnx;

/// <summary>A node of an ONNX file as it stands there, whether Tacit knows the operator or not.</summary>
/// <param name="Name">The node's name; may be empty.</param>
/// <param name="Domain">Whose operator it is; empty for ONNX's own, such as "com.microsoft" for ONNX Runtime's.</param>
/// <param name="Operator">The operator.</param>
public sealed record OnnxOperator(string Name, string Domain, string Operator)
{
    /// <summary>The operator with its domain, as in "com.microsoft.QLinearAdd"; without where it is ONNX's own.</summary>
    public string FullName => Domain.Length == 0 ? Operator : $"{Domain}.{Operator}";
}

/// <summary>Looks into ONNX files without reading them as networks.</summary>
public static class OnnxFile
{
    /// <summary>The nodes of a file in order, with those of the bodies of If, Loop and Scan; any operator of any domain and opset.</summary>
    /// <exception cref="InvalidFileException">The file cannot be read, or is not an ONNX file.</exception>
    public static ImmutableArray<OnnxOperator> ListOperators(string path) => [.. NodesOf(Parse(path))];

    /// <summary>The same, and the bounds of the integer layers, of a file in which ONNX Runtime has fused quantisers into kernels.</summary>
    /// <exception cref="InvalidFileException">The file cannot be read, or is not an ONNX file.</exception>
    public static (ImmutableArray<OnnxOperator> Operators, ImmutableArray<SaturationBound> Bounds) ListKernels(string path)
    {
        var graph = Parse(path);
        return ([.. NodesOf(graph)], SaturationBounds.Of(graph));
    }

    private static GraphProto Parse(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return ModelProto.Parser.ParseFrom(stream).Graph ?? throw NotOnnx(path, null);
        }
        catch (InvalidProtocolBufferException exception)
        {
            throw NotOnnx(path, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidFileException($"{path} cannot be read: {exception.Message}", exception) { Path = path };
        }
    }

    private static InvalidFileException NotOnnx(string path, Exception? inner) => new($"{path} is not an ONNX file", inner) { Path = path };

    /// <summary>The graphs within a node: the bodies of If, Loop and Scan.</summary>
    internal static IEnumerable<GraphProto> Bodies(NodeProto node) =>
        node.Attribute.SelectMany(attribute => attribute.G is null ? attribute.Graphs : attribute.Graphs.Prepend(attribute.G));

    private static IEnumerable<OnnxOperator> NodesOf(GraphProto graph) =>
        graph.Node.SelectMany(node =>
            Bodies(node).SelectMany(NodesOf).Prepend(new OnnxOperator(node.Name, node.Domain == "ai.onnx" ? "" : node.Domain, node.OpType))
        );
}
