namespace Tacit.Graphs;

/// <summary>Something given to Tacit is not what it has to be: a file, a network, a data set.</summary>
/// <remarks>The message is one line that says what is wrong, where, and what to do.</remarks>
public abstract class ContentException : Exception
{
    private protected ContentException(string message, Exception? inner = null)
        : base(message, inner) { }

    /// <summary>The file it is about, where there is one.</summary>
    public string? Path { get; init; }
}

/// <summary>A file that is damaged, or is not of the format it should be.</summary>
public sealed class InvalidFileException(string message, Exception? inner = null) : ContentException(message, inner)
{
    /// <summary>The byte at which reading failed, where it is known.</summary>
    public long? Offset { get; init; }
}

/// <summary>A network that is well-formed but cannot serve the purpose, such as one whose batch norms were folded away.</summary>
public sealed class UnsuitableModelException(string message, Exception? inner = null) : ContentException(message, inner)
{
    /// <summary>The node or value it is about, where there is one.</summary>
    public string? Node { get; init; }
}

/// <summary>A network that uses an operator, or a form of one, that Tacit does not know.</summary>
public sealed class UnsupportedOperatorException(string message) : ContentException(message)
{
    /// <summary>The operator.</summary>
    public required string Operator { get; init; }

    /// <summary>The node that uses it.</summary>
    public required string Node { get; init; }

    /// <summary>The opset of the file, where it came from one.</summary>
    public long? Opset { get; init; }
}

/// <summary>A data set that cannot be read or does not fit the network.</summary>
public sealed class InvalidDatasetException(string message, Exception? inner = null) : ContentException(message, inner);

/// <summary>A video that is damaged, holds no pictures, or cannot be decoded.</summary>
public sealed class InvalidVideoException(string message, Exception? inner = null) : ContentException(message, inner)
{
    /// <summary>The exit code of the program that decodes; null where it did not get that far.</summary>
    public int? ExitCode { get; init; }
}
