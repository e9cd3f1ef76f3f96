namespace Tacit.Graphs.WeightFiles;

/// <summary>What can be wrong with a .safetensors file, in one line each.</summary>
internal static class SafeTensorsErrors
{
    public static InvalidFileException Invalid(string path, string reason, long? offset = null, Exception? inner = null) =>
        new($"{path} is not a usable .safetensors file: {reason}", inner) { Path = path, Offset = offset };

    public static InvalidFileException InvalidTensor(string path, string tensor, string reason) =>
        Invalid(path, $"the tensor {Shorten(tensor)} {reason}");

    // A hostile name must not fill the screen.
    private static string Shorten(string name) =>
        new([.. (name.Length <= 80 ? name : name[..80] + "…").Select(letter => char.IsControl(letter) ? '?' : letter)]);
}
