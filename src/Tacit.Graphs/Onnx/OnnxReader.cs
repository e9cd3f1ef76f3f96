using System.Collections.Immutable;
using Google.Protobuf;
using Tacit.Graphs.Onnx.Drafts;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Onnx;

/// <summary>Reads networks from ONNX files of opsets 9 to 21 and brings them to the one dialect that <see cref="Graph"/> speaks.</summary>
/// <remarks>
/// Constant nodes become initializers, old forms of operators become those of opset 17, and what no output depends on is left out.
/// The names of values are kept; nodes without a name, or with one that is taken, get one. ONNX does not say what an initializer is
/// for: its <see cref="WeightRole"/> is found out from its readers. An Identity of an initializer becomes an initializer by itself,
/// since exporters write weights that happen to be equal once. Networks in half or double precision are read as Float32 networks,
/// inputs and outputs included. Functions of the file, and the branch of an If whose condition follows from constants and sizes, are put in their place.
/// </remarks>
public static class OnnxReader
{
    /// <summary>The oldest opset that can be read.</summary>
    public const int OldestOpset = 9;

    /// <summary>The newest opset that can be read.</summary>
    public const int NewestOpset = 21;

    /// <summary>Reads a file, and the files beside it that hold its external data.</summary>
    /// <param name="path">The file.</param>
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

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="bytes">The file's bytes.</param>
    /// <param name="path">Where they came from: for messages, and to find external data beside it. None where null.</param>
    /// <exception cref="InvalidFileException">It is not an ONNX file, or it is damaged, or contradicts itself.</exception>
    /// <exception cref="UnsupportedOperatorException">It uses an operator, or a form of one, that Tacit does not know.</exception>
    /// <exception cref="UnsuitableModelException">It holds something else that Tacit does not handle, or weights that are NaN or infinite.</exception>
    public static Model Read(ReadOnlyMemory<byte> bytes, string? path = null) => Read(bytes, new OnnxSource(path));

    private static Model Read(ReadOnlyMemory<byte> bytes, OnnxSource source)
    {
        var proto = Parse(bytes, source);
        source.Opset = OpsetOf(proto, source);
        var model = Read(new Inlining(source, proto).Inline(), source, Metadata(proto));
        ModelChecks.CheckFinite(model, source);
        return model;
    }

    /// <summary>Reads a graph that calls no functions.</summary>
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

    // The library's messages run to several sentences of advice for programmers.
    private static string Why(InvalidProtocolBufferException exception) =>
        exception.Message switch
        {
            var message when message.Contains("ended unexpectedly", StringComparison.Ordinal) => "it ends too early",
            var message when message.Contains("too many levels", StringComparison.Ordinal) => "it is nested too deeply",
            _ => "it is not a valid protocol buffer",
        };

    private static long OpsetOf(ModelProto proto, OnnxSource source)
    {
        var versions = proto
            .OpsetImport.Where(import => SupportedOperators.IsOnnxDomain(import.Domain))
            .Select(import => import.Version)
            .Distinct()
            .ToList();
        return versions switch
        {
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
