using System.Collections.Immutable;
using System.Security.Cryptography;
using Google.Protobuf;
using Tacit.Graphs.Onnx.Drafts;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Onnx;

/// <summary>Properties of an ONNX file that affect its results and that the network read from it no longer shows.</summary>
/// <param name="HasHalfPrecision">
/// Whether the file stores or computes numbers in Float16 or BFloat16. Tacit reads such files as Float32.
/// </param>
/// <param name="IsInTrainingMode">
/// Whether the file was exported in training mode: its batch norms use the statistics of each batch instead of the running ones.
/// </param>
public readonly record struct OnnxTraits(bool HasHalfPrecision, bool IsInTrainingMode);

/// <summary>Inspects and extends the bytes of an ONNX file without reading the network.</summary>
/// <remarks>The file keeps its opset, functions and precision, so a runtime computes the original network.</remarks>
public static class OnnxModelFile
{
    /// <summary>Adds internal values to the outputs of a file, so that a runtime returns them.</summary>
    /// <param name="file">The bytes of a file that <see cref="OnnxReader"/> can read.</param>
    /// <param name="values">The names of values. Names that no node of the graph produces are ignored.</param>
    /// <returns>The bytes of the extended file. The new outputs come before the original ones, in the order of computation.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="values"/> is null.</exception>
    /// <example>
    /// <code>
    /// byte[] extended = OnnxModelFile.WithOutputs(File.ReadAllBytes("network.onnx"), new HashSet&lt;string&gt; { "features" });
    /// </code>
    /// </example>
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

    /// <summary>Removes the inputs of a file that no node reads, so that a runtime does not ask for them.</summary>
    /// <param name="file">The bytes of a file that <see cref="OnnxReader"/> can read.</param>
    /// <returns>The bytes of the file without these inputs; null if there are none.</returns>
    public static byte[]? WithoutUnusedInputs(ReadOnlySpan<byte> file)
    {
        var proto = ModelProto.Parser.ParseFrom(file);
        var used = proto.Graph.Output.Select(output => output.Name).Concat(Read(proto.Graph)).ToHashSet(StringComparer.Ordinal);
        used.UnionWith(proto.Graph.Initializer.Select(initializer => initializer.Name));
        var unused = proto.Graph.Input.Where(input => !used.Contains(input.Name)).ToList();
        foreach (var input in unused)
        {
            proto.Graph.Input.Remove(input);
        }

        return unused.Count > 0 ? proto.ToByteArray() : null;

        // Bodies of nodes read values of the graph around them.
        static IEnumerable<string> Read(GraphProto graph) =>
            graph
                .Node.SelectMany(node => node.Input.Concat(OnnxFile.Bodies(node).SelectMany(Read)))
                .Concat(graph.Output.Select(output => output.Name));
    }

    /// <summary>Returns whether a file uses half precision and whether its batch norms are in training mode.</summary>
    /// <param name="file">The bytes of a file that <see cref="OnnxReader"/> can read.</param>
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

    /// <summary>Lists the files that hold a network: the ONNX file, and the files of its external data in the order of their names.</summary>
    /// <param name="path">The ONNX file. A file of another format has no external data.</param>
    /// <exception cref="InvalidFileException">External data is outside the folder of the file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ImmutableArray<string> FilesOf(string path)
    {
        ModelProto proto;
        try
        {
            using var stream = File.OpenRead(path);
            proto = ModelProto.Parser.ParseFrom(stream);
        }
        catch (InvalidProtocolBufferException)
        {
            return [path];
        }

        var external = new ExternalData(new OnnxSource(path));
        return
        [
            path,
            .. TensorsOf(proto)
                .Where(tensor => tensor.DataLocation == TensorProto.Types.DataLocation.External)
                .Select(tensor => ExternalData.LocationOf(tensor) is { } location ? external.Locate(location, tensor.Name) : "")
                .Where(File.Exists)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>
    /// Returns the SHA-256 of the bytes of a network, in lower-case hexadecimal digits: of the ONNX file, followed by its external data.
    /// </summary>
    /// <inheritdoc cref="FilesOf" path="/param"/>
    /// <inheritdoc cref="FilesOf" path="/exception"/>
    public static string HashOf(string path)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        foreach (var file in FilesOf(path))
        {
            using var stream = File.OpenRead(file);
            for (var count = stream.Read(buffer); count > 0; count = stream.Read(buffer))
            {
                hash.AppendData(buffer, 0, count);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Returns the size of a network in bytes: of the ONNX file and its external data.</summary>
    /// <inheritdoc cref="FilesOf" path="/param"/>
    /// <inheritdoc cref="FilesOf" path="/exception"/>
    public static long BytesOf(string path) => FilesOf(path).Sum(file => new FileInfo(file).Length);

    private static IEnumerable<TensorProto> TensorsOf(ModelProto proto) =>
        TensorsOf(proto.Graph ?? new GraphProto()).Concat(proto.Functions.SelectMany(function => TensorsOf(function.Node)));

    private static IEnumerable<TensorProto> TensorsOf(GraphProto graph) => graph.Initializer.Concat(TensorsOf(graph.Node));

    private static IEnumerable<TensorProto> TensorsOf(IEnumerable<NodeProto> nodes) =>
        nodes.SelectMany(node =>
            node.Attribute.Select(attribute => attribute.T).OfType<TensorProto>().Concat(OnnxFile.Bodies(node).SelectMany(TensorsOf))
        );

    private static bool IsHalf(int element) => (ElementType)element is ElementType.Float16 or ElementType.BFloat16;
}
