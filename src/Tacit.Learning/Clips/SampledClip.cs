using System.Collections.Immutable;

namespace Tacit.Learning.Clips;

/// <summary>Which frames of a video make a clip.</summary>
/// <remarks>Equality is by value.</remarks>
/// <param name="Speed">The playback speed that was asked for: every how many frames of the video one is taken.</param>
/// <param name="Frames">The numbers of the frames, from 0, in the order of the clip.</param>
public sealed record SampledClip(int Speed, ImmutableArray<int> Frames)
{
    /// <summary>
    /// Whether the clip truly plays at <see cref="Speed"/> from its first frame to its last: false where the video was too short and
    /// the clip repeats or stretches it.
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

    /// <summary>Whether the other clip has the same speed and frames.</summary>
    public bool Equals(SampledClip? other) => other is not null && Speed == other.Speed && Frames.SequenceEqual(other.Frames);

    /// <inheritdoc/>
    public override int GetHashCode() => Frames.Aggregate(Speed, HashCode.Combine);
}
