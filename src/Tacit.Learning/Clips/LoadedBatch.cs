using System.Collections.Immutable;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Learning.Clips;

/// <summary>The clips of a step before augmentation: V views of B videos.</summary>
/// <remarks>The rows are ordered by view: clip i of view v is in row v · B + i.</remarks>
/// <param name="Step">The number of the batch.</param>
/// <param name="Clips">The frames of each clip; V · B entries.</param>
/// <param name="Identities">The identity of each clip; V · B entries.</param>
public sealed record LoadedBatch(long Step, ImmutableArray<VideoFrames> Clips, ImmutableArray<ClipIdentity> Identities);

/// <summary>Describes one of the clips that a method draws from each video.</summary>
/// <param name="Speed">
/// The index into the shuffled speeds of the video. Views with different indices have different speeds, if there are several.
/// </param>
/// <param name="Learns">Whether the online network embeds the clip. Default true.</param>
/// <param name="Targets">Whether the target network embeds the clip. Default true.</param>
public sealed record ClipView(int Speed, bool Learns = true, bool Targets = true);
