using System.Security.Cryptography;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Sessions;

namespace Tacit.Learning.Execution;

/// <summary>A network's file as it was given. What ONNX Runtime computes from it is what everything made of it is compared with.</summary>
public sealed class OriginalNetwork
{
    private readonly string? _path;
    private readonly ReadOnlyMemory<byte> _bytes; // of a network without a file

    private OriginalNetwork(string? path, ReadOnlyMemory<byte> bytes)
    {
        _path = path;
        _bytes = path is null ? bytes : default;
        (Hash, Bytes) = (Convert.ToHexStringLower(SHA256.HashData(bytes.Span)), bytes.Length);
        Traits = OnnxModelFile.TraitsOf(bytes.Span);
    }

    /// <summary>The SHA-256 of the file, in lower-case hexadecimal digits.</summary>
    public string Hash { get; }

    /// <summary>The size of the file.</summary>
    public long Bytes { get; }

    /// <summary>How the file computes.</summary>
    public OnnxTraits Traits { get; }

    /// <summary>What it is called in messages.</summary>
    public string Name => _path ?? "the network";

    /// <summary>The network in a file; its external data lie beside it.</summary>
    /// <param name="path">An ONNX file that <see cref="OnnxReader"/> reads.</param>
    public static OriginalNetwork Of(string path) => new(path, File.ReadAllBytes(path));

    /// <summary>A network that no file holds: the one that would be written.</summary>
    public static OriginalNetwork Of(Model model) => new(null, OnnxWriter.ToBytes(model));

    /// <summary>Loads it into ONNX Runtime.</summary>
    /// <exception cref="InvalidFileException">ONNX Runtime cannot run it.</exception>
    public OnnxSession Open() => _path is null ? OnnxSession.Open(_bytes, name: Name) : OnnxSession.Open(_path);

    /// <summary>Loads it with more values as outputs: those of these names that it has.</summary>
    /// <inheritdoc cref="Open()" path="/exception"/>
    public OnnxSession Open(IReadOnlySet<string> values) =>
        OnnxSession.Open(
            OnnxModelFile.WithOutputs(_path is null ? _bytes.Span : File.ReadAllBytes(_path), values),
            new OnnxSessionOptions { ExternalDataFolder = _path is null ? null : Path.GetDirectoryName(Path.GetFullPath(_path)) },
            Name
        );
}
