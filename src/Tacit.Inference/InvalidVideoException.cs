using Tacit.Graphs;

namespace Tacit.Inference;

/// <summary>The exception that is thrown when a video is damaged, contains no frames, or cannot be decoded.</summary>
public sealed class InvalidVideoException(string message, Exception? inner = null) : ContentException(message, inner)
{
    /// <summary>Gets the exit code of the decoder process, or null when the process did not run to its end.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Gets whether the file is intact as far as can be told, but has no bytes or no frames.</summary>
    public bool IsEmpty { get; init; }
}
