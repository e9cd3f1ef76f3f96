using System.Collections.Immutable;
using Google.Protobuf;
using Tacit.Graphs.Onnx.Drafts;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Onnx;

/// <summary>Reads networks from ONNX files of opsets 1 to 21 and converts them to the operator forms of opset 17.</summary>
/// <remarks>
/// <para>The reader works in these steps:</para>
/// <list type="number">
/// <item>The protocol buffer is parsed, and the opset is checked.</item>
/// <item>Functions of the file, and each If whose condition follows from constants and sizes, are replaced by their bodies.</item>
/// <item>Constant nodes and Identities of initializers become initializers.</item>
/// <item>Operators get their opset-17 form, and numbers in half or double precision become Float32, also at inputs and outputs.</item>
/// <item>Nodes that no output depends on are removed.</item>
/// <item>Operators, attributes, numbers of operands and weights are checked. Nothing unknown is ignored.</item>
/// </list>
/// <para>
/// Values keep their names. Nodes without a name, or with a name that is taken, get a new one. ONNX does not state the purpose of an
/// initializer. The reader derives its <see cref="WeightRole"/> from the nodes that read it.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// var model = OnnxReader.Read("resnet18.onnx");
/// Console.WriteLine(model.Graph.Inputs[0]);
/// </code>
/// </example>
public static class OnnxReader
{
    /// <summary>The oldest supported opset, 1. It was published with ONNX 1.0 in 2017.</summary>
    public const int OldestOpset = 1;

    /// <summary>The version of the file format that introduced opsets. Older files have the operators of opset 1.</summary>
    private const int FormatWithOpsets = 3;

    /// <summary>The newest supported opset, 21. It was published with ONNX 1.16 in 2024.</summary>
    public const int NewestOpset = 21;

    /// <summary>Reads a network from a file and from the files in its folder that hold its external data.</summary>
    /// <param name="path">The path of the file, at most 2 GB.</param>
    /// <inheritdoc cref="Read(ReadOnlyMemory{byte}, string?)" path="/exception"/>
    public static Model Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var source = new OnnxSource(path);
        byte[] bytes;
        try
        {
            bytes =
                new FileInfo(path).Length <= Array.MaxLength
                    ? File.ReadAllBytes(path)
                    : throw source.Invalid("larger than 2 GB, which ONNX does not allow; keep the weights as external data");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw source.Invalid($"cannot be read: {exception.Message}", inner: exception);
        }

        return Read(bytes, source);
    }

    /// <summary>Reads a network from the bytes of a file.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="path">
    /// The path from which they were read. It appears in error messages, and external data is looked up in its folder. Null if there is no
    /// file; then external data is an error.
    /// </param>
    /// <exception cref="InvalidFileException">The bytes are not an ONNX file, are damaged, or contradict themselves.</exception>
    /// <exception cref="UnsupportedOperatorException">The network has an unsupported operator, or an unsupported form of one.</exception>
    /// <exception cref="UnsuitableModelException">
    /// The network has another unsupported property, weights that are NaN or infinite, or a batch norm that divides by zero.
    /// </exception>
    public static Model Read(ReadOnlyMemory<byte> bytes, string? path = null) => Read(bytes, new OnnxSource(path));

    private static Model Read(ReadOnlyMemory<byte> bytes, OnnxSource source)
    {
        var proto = Parse(bytes, source);
        source.Opset = OpsetOf(proto, source);
        var model = Read(new Inlining(source, proto).Inline(), source, Metadata(proto));
        ModelChecks.CheckFinite(model, source);
        ModelChecks.CheckNorms(model, source);
        return model;
    }

    /// <summary>Reads a graph without function calls and Ifs.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="source">The file, with its opset set.</param>
    /// <param name="metadata">The metadata of the network.</param>
    internal static Model Read(GraphProto graph, OnnxSource source, ImmutableSortedDictionary<string, string> metadata)
    {
        var draft = new DraftReader(source, graph).Read();
        draft.Prune();
        SupportedOperators.CheckKnown(draft);
        Upgrades.Upgrade.ApplyAll(draft);
        draft.Prune();
        SupportedOperators.CheckCounts(draft);
        KnownAttributes.Check(draft);
        return draft.ToModel(metadata);
    }

    private static ModelProto Parse(ReadOnlyMemory<byte> bytes, OnnxSource source)
    {
        if (bytes.IsEmpty)
        {
            throw source.Invalid("the file is empty", 0);
        }

        try
        {
            var proto = ModelProto.Parser.ParseFrom(bytes.Span);
            return proto.Graph is not null ? proto : throw source.Invalid("not an ONNX file: it holds no graph");
        }
        catch (InvalidProtocolBufferException exception)
        {
            var offset = WireScan.FirstError(bytes.Span);
            var place = offset is null ? "" : $" near byte {offset}";
            throw source.Invalid($"not an ONNX file, or damaged{place}: {Why(exception)}", offset, exception);
        }
    }

    /// <summary>Shortens messages of Google.Protobuf, which contain advice for programmers.</summary>
    private static string Why(InvalidProtocolBufferException exception) =>
        exception.Message switch
        {
            var message when message.Contains("ended unexpectedly", StringComparison.Ordinal) => "it ends too early",
            var message when message.Contains("too many levels", StringComparison.Ordinal) => "it is nested too deeply",
            _ => "it is not a valid protocol buffer",
        };

    /// <summary>Returns the opset of ONNX's own operators and verifies that it is supported.</summary>
    private static long OpsetOf(ModelProto proto, OnnxSource source)
    {
        var versions = proto
            .OpsetImport.Where(import => SupportedOperators.IsOnnxDomain(import.Domain))
            .Select(import => import.Version)
            .Distinct()
            .ToList();
        return versions switch
        {
            [] when proto.IrVersion < FormatWithOpsets => OldestOpset,
            [] => throw source.Invalid(
                $"the file does not say which opset it is written in; opsets {OldestOpset} to {NewestOpset} can be read"
            ),
            [>= OldestOpset and <= NewestOpset] => versions[0],
            [< OldestOpset] => throw source.Unsuitable(
                $"opset {versions[0]} is too old; export the network again in opsets {OldestOpset} to {NewestOpset}"
            ),
            [_] => throw source.Unsuitable(
                $"opset {versions[0]} is too new; export the network again in opsets {OldestOpset} to {NewestOpset}"
            ),
            _ => throw source.Invalid($"the file names several opsets: {string.Join(", ", versions)}"),
        };
    }

    private static ImmutableSortedDictionary<string, string> Metadata(ModelProto proto)
    {
        var metadata = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var entry in proto.MetadataProps)
        {
            metadata[entry.Key] = entry.Value;
        }

        return metadata.ToImmutable();
    }
}
