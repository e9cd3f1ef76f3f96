namespace Tacit.Learning.Clips;

/// <summary>Which clip of a run it is: enough to sample and show it again.</summary>
/// <param name="Step">The step that drew it.</param>
/// <param name="Row">Its row in the batch of that step.</param>
/// <param name="Video">The index of its video.</param>
/// <param name="Speed">Its speed; <see cref="NoSpeed"/> where its video was too short for the speed asked for.</param>
public readonly record struct ClipIdentity(long Step, int Row, int Video, int Speed)
{
    /// <summary>The speed of a clip that was stretched or looped: it has none, and takes no part in what is learnt of speed.</summary>
    public const int NoSpeed = 0;
}
