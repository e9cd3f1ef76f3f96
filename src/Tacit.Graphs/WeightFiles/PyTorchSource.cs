namespace Tacit.Graphs.WeightFiles;

/// <summary>A file that torch.save wrote; it words what is wrong with it.</summary>
internal sealed record PyTorchSource(string Path)
{
    /// <summary>The largest number of dimensions that is read.</summary>
    public const int LargestRank = 64;

    public InvalidFileException Invalid(string reason, long? offset = null, Exception? inner = null) =>
        new($"{Path} is not a usable PyTorch file: {reason}", inner) { Path = Path, Offset = offset };

    /// <summary>The file names something that is no part of tensors: a function to call, or a class to make.</summary>
    public InvalidFileException Refused(string global, long offset) =>
        new(
            $"{Path} asks to run {Shorten(global)}: refused; a weight file holds tensors only, as torch.save(network.state_dict(), …) writes them"
        )
        {
            Path = Path,
            Offset = offset,
        };

    /// <summary>A name from the file, made fit for a line.</summary>
    public static string Shorten(string name) =>
        new([.. (name.Length <= 80 ? name : name[..80] + "…").Select(letter => char.IsControl(letter) ? '?' : letter)]);
}
