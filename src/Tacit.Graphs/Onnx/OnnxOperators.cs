using System.Collections.Immutable;
using Google.Protobuf;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Onnx;

/// <summary>Describes a node as it is stored in an ONNX file, whether or not Tacit supports the operator.</summary>
/// <param name="Name">The name of the node. It may be empty.</param>
/// <param name="Domain">The domain of the operator: empty for ONNX itself, "com.microsoft" for ONNX Runtime's additions.</param>
/// <param name="Operator">The operator, such as "Conv".</param>
public sealed record OnnxOperator(string Name, string Domain, string Operator)
{
    /// <summary>The operator with its domain, such as "com.microsoft.QLinearAdd". ONNX's own operators have no prefix.</summary>
    public string FullName => Domain.Length == 0 ? Operator : $"{Domain}.{Operator}";
}

/// <summary>Lists the contents of ONNX files without reading them as networks.</summary>
/// <example>
/// <code>
/// // Operators that are not in ONNX's own domain, with their numbers.
/// foreach (var (name, count) in OnnxFile.ListOperators(path).Where(node => node.Domain.Length > 0).CountBy(node => node.FullName))
/// {
///     writer.WriteLine($"{count} {name}");
/// }
/// </code>
/// </example>
public static class OnnxFile
{
    /// <summary>Lists the nodes of a file in order, including those in the bodies of If, Loop and Scan.</summary>
    /// <param name="path">A file of any opset with operators of any domain.</param>
    /// <exception cref="InvalidFileException">The file cannot be read, or is not an ONNX file.</exception>
    public static ImmutableArray<OnnxOperator> ListOperators(string path) => [.. NodesOf(Parse(path))];

    /// <summary>Lists the nodes of a file and the saturation bounds of its integer layers.</summary>
    /// <param name="path">A file that ONNX Runtime has optimised and saved, in which quantisers are fused into integer kernels.</param>
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

    /// <summary>Returns the graphs within a node: the bodies of If, Loop and Scan.</summary>
    internal static IEnumerable<GraphProto> Bodies(NodeProto node) =>
        node.Attribute.SelectMany(attribute => attribute.G is null ? attribute.Graphs : attribute.Graphs.Prepend(attribute.G));

    private static IEnumerable<OnnxOperator> NodesOf(GraphProto graph) =>
        graph.Node.SelectMany(node =>
            Bodies(node).SelectMany(NodesOf).Prepend(new OnnxOperator(node.Name, node.Domain == "ai.onnx" ? "" : node.Domain, node.OpType))
        );
}
