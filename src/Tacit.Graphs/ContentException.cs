namespace Tacit.Graphs;

/// <summary>Base class of errors in the content given to Tacit: a file, network, data set or video.</summary>
/// <remarks>
/// The message is one line that says what is wrong, where, and what to do. It can be shown to users without a stack trace.
/// </remarks>
public abstract class ContentException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, where, and what to do, in one line.</param>
    /// <param name="inner">The exception that caused it, or null.</param>
    protected ContentException(string message, Exception? inner = null)
        : base(message, inner) { }

    /// <summary>Gets the path of the affected file, or null when the content does not come from a file.</summary>
    public string? Path { get; init; }
}

/// <summary>The exception that is thrown when a file is damaged or has an unexpected format.</summary>
public sealed class InvalidFileException(string message, Exception? inner = null) : ContentException(message, inner)
{
    /// <summary>Gets the offset in bytes at which reading failed, or null when it is unknown.</summary>
    public long? Offset { get; init; }
}

/// <summary>The exception that is thrown when a well-formed network does not meet the requirements of an operation.</summary>
/// <remarks>
/// An example is quantization that needs the statistics of batch normalizations, with a network in which they were folded away.
/// </remarks>
public sealed class UnsuitableModelException(string message, Exception? inner = null) : ContentException(message, inner)
{
    /// <summary>Gets the name of the affected node or value, or null when the whole network is affected.</summary>
    public string? Node { get; init; }
}

/// <summary>The exception that is thrown when a network uses an operator, or a form of one, that Tacit does not support.</summary>
public sealed class UnsupportedOperatorException(string message) : ContentException(message)
{
    /// <summary>Gets the operator name, such as "GRU".</summary>
    public required string Operator { get; init; }

    /// <summary>Gets the name of the node that uses the operator.</summary>
    public required string Node { get; init; }

    /// <summary>Gets the opset version of the file, or null when the network does not come from a file.</summary>
    public long? Opset { get; init; }
}
