namespace Tacit.Graphs.WeightFiles;

/// <summary>Creates the exceptions for .safetensors files.</summary>
internal static class SafeTensorsErrors
{
    /// <summary>Creates the exception for a damaged or unsupported file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="reason">What is wrong.</param>
    /// <param name="offset">The position in bytes; null when it is unknown.</param>
    /// <param name="inner">The cause, or null.</param>
    public static InvalidFileException Invalid(string path, string reason, long? offset = null, Exception? inner = null) =>
        new($"{path} is not a usable .safetensors file: {reason}", inner) { Path = path, Offset = offset };

    /// <summary>Creates the exception for an invalid tensor.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="tensor">The name of the tensor.</param>
    /// <param name="reason">What is wrong, as a continuation of "the tensor NAME".</param>
    public static InvalidFileException InvalidTensor(string path, string tensor, string reason) =>
        Invalid(path, $"the tensor {Shorten(tensor)} {reason}");

    /// <summary>Cuts a name to 80 characters and replaces control characters. Names from the file are untrusted.</summary>
    private static string Shorten(string name) =>
        new([.. (name.Length <= 80 ? name : name[..80] + "…").Select(letter => char.IsControl(letter) ? '?' : letter)]);
}
