using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Tacit.Learning.Training;

/// <summary>A file that a run reads.</summary>
/// <param name="Name">What it is to the run, such as "model".</param>
/// <param name="Path">Where it was when the run began.</param>
/// <param name="Sha256">The SHA-256 of its contents, in lower-case hexadecimal digits.</param>
public sealed record RunInput(string Name, string Path, string Sha256)
{
    /// <summary>Reads a file to describe it.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RunInput Of(string name, string path)
    {
        using var stream = File.OpenRead(path);
        return new RunInput(name, System.IO.Path.GetFullPath(path), Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    internal JsonNode ToJson() =>
        new JsonObject
        {
            ["name"] = Name,
            ["path"] = Path,
            ["sha256"] = Sha256,
        };

    internal static RunInput FromJson(JsonNode? json) => new((string)json!["name"]!, (string)json["path"]!, (string)json["sha256"]!);
}
