using System.Collections.Immutable;

namespace Tacit.Learning.Clips;

/// <summary>The frames of a video that form a clip. Equality is by value.</summary>
/// <param name="Speed">The requested step between frames.</param>
/// <param name="Frames">The numbers of the frames, from 0, in the order of the clip.</param>
public sealed record SampledClip(int Speed, ImmutableArray<int> Frames)
{
    /// <summary>
    /// Whether the clip plays at <see cref="Speed"/> from its first frame to its last. False if the video was too short, so that the clip
    /// was stretched or looped.
    /// </summary>
    public bool IsExact
    {
        get
        {
            for (var i = 1; i < Frames.Length; i++)
            {
                if (Frames[i] - Frames[i - 1] != Speed)
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Returns whether the other clip has the same speed and frames.</summary>
    public bool Equals(SampledClip? other) => other is not null && Speed == other.Speed && Frames.SequenceEqual(other.Frames);

    /// <inheritdoc/>
    public override int GetHashCode() => Frames.Aggregate(Speed, HashCode.Combine);
}
