using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tacit.Graphs.Onnx;

namespace Tacit.Learning.Runs;

/// <summary>An input file of a run, with a hash that shows whether it has changed.</summary>
/// <param name="Name">The role of the file in the run, such as "model".</param>
/// <param name="Path">The full path of the file when the run began.</param>
/// <param name="Sha256">The SHA-256 hash of the contents, in lower-case hexadecimal digits.</param>
public sealed record RunInput(string Name, string Path, string Sha256)
{
    /// <summary>Describes a file. The whole file is read to compute its hash, and so is the external data of an ONNX file.</summary>
    /// <param name="name">The role of the file in the run.</param>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RunInput Of(string name, string path) => new(name, System.IO.Path.GetFullPath(path), HashOf(path));

    /// <summary>Converts the input to a JSON object with the properties name, path and sha256.</summary>
    internal JsonNode ToJson() =>
        new JsonObject
        {
            ["name"] = Name,
            ["path"] = Path,
            ["sha256"] = Sha256,
        };

    /// <summary>Converts a JSON object created by <see cref="ToJson"/> back.</summary>
    internal static RunInput FromJson(JsonNode? json) => new((string)json!["name"]!, (string)json["path"]!, (string)json["sha256"]!);

    private static string HashOf(string path)
    {
        if (System.IO.Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase))
        {
            return OnnxModelFile.HashOf(path);
        }

        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
