namespace Tacit.Inference.Video.Sets;

/// <summary>The progress of an operation on a set of videos.</summary>
/// <param name="Stage">The current step: "probing", "decoding", or "waiting" while another process builds the cache.</param>
/// <param name="Done">The number of videos done, or of frames while decoding.</param>
/// <param name="Total">The total number of videos, or of frames while decoding.</param>
/// <param name="Unreadable">The number of videos that could not be read so far.</param>
public sealed record VideoSetProgress(string Stage, long Done, long Total, int Unreadable);
