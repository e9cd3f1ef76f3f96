using System.Security.Cryptography;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Sessions;

namespace Tacit.Learning.Execution;

/// <summary>Represents the unmodified file of a network, the reference for everything that is derived from it.</summary>
/// <remarks>
/// Comparisons use the results of ONNX Runtime on this file. An error in reading or rewriting a network therefore cannot hide itself.
/// </remarks>
public sealed class OriginalNetwork
{
    private readonly string? _path;
    private readonly ReadOnlyMemory<byte>? _bytes; // of a network without a file, or without the unused inputs of its file; null: the file

    private OriginalNetwork(string? path, ReadOnlyMemory<byte> bytes)
    {
        _path = path;
        if (OnnxModelFile.WithoutUnusedInputs(bytes.Span) is { } read)
        {
            _bytes = read;
        }
        else if (path is null)
        {
            _bytes = bytes;
        }

        (Hash, Bytes) = path is null
            ? (Convert.ToHexStringLower(SHA256.HashData(bytes.Span)), bytes.Length)
            : (OnnxModelFile.HashOf(path), OnnxModelFile.BytesOf(path));
        Traits = OnnxModelFile.TraitsOf(bytes.Span);
    }

    /// <summary>The SHA-256 hash of the file and its external data, in lower-case hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>The size of the file and its external data in bytes.</summary>
    public long Bytes { get; }

    /// <summary>Whether the file uses half precision and whether its batch norms are in training mode.</summary>
    public OnnxTraits Traits { get; }

    /// <summary>The path of the file, or "the network" without a file. For messages.</summary>
    public string Name => _path ?? "the network";

    /// <summary>Reads the file of a network. External data is looked up in its folder.</summary>
    /// <param name="path">The path of an ONNX file that <see cref="OnnxReader"/> can read.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static OriginalNetwork Of(string path) => new(path, File.ReadAllBytes(path));

    /// <summary>Creates the reference for a network that has no file, from the bytes that <see cref="OnnxWriter"/> would write.</summary>
    /// <inheritdoc cref="OnnxWriter.ToBytes" path="/exception"/>
    public static OriginalNetwork Of(Model model) => new(null, OnnxWriter.ToBytes(model));

    private OnnxSessionOptions Options =>
        new() { ExternalDataFolder = _path is null ? null : Path.GetDirectoryName(Path.GetFullPath(_path)) };

    /// <summary>Loads the network into ONNX Runtime, without inputs that no node reads.</summary>
    /// <returns>A new session. The caller disposes it.</returns>
    /// <exception cref="InvalidFileException">ONNX Runtime cannot run the network.</exception>
    public OnnxSession Open() => _bytes is { } bytes ? OnnxSession.Open(bytes, Options, Name) : OnnxSession.Open(_path!);

    /// <summary>Loads the network into ONNX Runtime with internal values as additional outputs.</summary>
    /// <param name="values">The names of the values. Names that the network does not have are ignored.</param>
    /// <returns>A new session. The caller disposes it.</returns>
    /// <inheritdoc cref="Open()" path="/exception"/>
    public OnnxSession Open(IReadOnlySet<string> values) =>
        OnnxSession.Open(OnnxModelFile.WithOutputs(_bytes is { } bytes ? bytes.Span : File.ReadAllBytes(_path!), values), Options, Name);
}
