namespace Tacit.Inference.Video.Sets;

/// <summary>A video that was left out because it cannot be read.</summary>
/// <param name="Name">The name of the video in the set.</param>
/// <param name="Reason">The problem, on one line.</param>
public sealed record UnreadableVideo(string Name, string Reason);
