namespace Tacit.Learning.Clips;

/// <summary>Identifies a clip of a run. It suffices to read the same frames again.</summary>
/// <param name="Step">The step that drew the clip, from 0.</param>
/// <param name="Row">The row of the clip in the batch of that step, from 0.</param>
/// <param name="Video">The index of its video in the store.</param>
/// <param name="Speed">
/// The step between its frames, in frames of the video; <see cref="NoSpeed"/> if the video was too short for this speed.
/// </param>
public readonly record struct ClipIdentity(long Step, int Row, int Video, int Speed)
{
    /// <summary>The speed of a clip that was stretched or looped. Such a clip is not used for learning speed.</summary>
    public const int NoSpeed = 0;
}
