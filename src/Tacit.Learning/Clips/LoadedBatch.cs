using System.Collections.Immutable;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Learning.Clips;

/// <summary>The clips of a step before augmentation: V views of B videos, view by view.</summary>
/// <param name="Step">The step.</param>
/// <param name="Clips">The frames of each clip, V · B.</param>
/// <param name="Identities">What each clip is, V · B.</param>
public sealed record LoadedBatch(long Step, ImmutableArray<VideoFrames> Clips, ImmutableArray<ClipIdentity> Identities);

/// <summary>One of the clips that a method sees of each video.</summary>
/// <param name="Speed">Which of the video's drawn speeds it has; they differ as far as there are several.</param>
/// <param name="Learns">Whether the online network sees it.</param>
/// <param name="Targets">Whether the target network sees it.</param>
public sealed record ClipView(int Speed, bool Learns = true, bool Targets = true);
