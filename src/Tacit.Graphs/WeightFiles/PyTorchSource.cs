namespace Tacit.Graphs.WeightFiles;

/// <summary>A file written by torch.save; creates the exceptions for its errors.</summary>
/// <param name="Path">The path of the file.</param>
internal sealed record PyTorchSource(string Path)
{
    /// <summary>The largest supported number of tensor dimensions.</summary>
    public const int LargestRank = 64;

    /// <summary>Creates the exception for a damaged or unsupported file.</summary>
    /// <param name="reason">What is wrong.</param>
    /// <param name="offset">The position in bytes; null when it is unknown.</param>
    /// <param name="inner">The cause, or null.</param>
    public InvalidFileException Invalid(string reason, long? offset = null, Exception? inner = null) =>
        new($"{Path} is not a usable PyTorch file: {reason}", inner) { Path = Path, Offset = offset };

    /// <summary>Creates the exception for a class or function that is not allowed in a weight file.</summary>
    /// <param name="global">The qualified name.</param>
    /// <param name="offset">The position in bytes.</param>
    public InvalidFileException Refused(string global, long offset) =>
        new(
            $"{Path} asks to run {Shorten(global)}: refused; a weight file holds tensors only, as torch.save(network.state_dict(), …) writes them"
        )
        {
            Path = Path,
            Offset = offset,
        };

    /// <summary>Prepares a name from the file for a message: it is brought to one line and cut at 80 characters.</summary>
    public static string Shorten(string name) => OneLine.Of(name, 80);
}
