using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Tacit.Learning.Clips;

/// <summary>Options of <see cref="ClipSampler"/>. Immutable; each value is checked when it is set. Equality is by value.</summary>
public sealed record ClipSamplingOptions
{
    /// <summary>The number of frames of a clip, at least 1. Default 16, as in ASCNet's R3D-18 and RSPNet.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int Frames
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 16;

    /// <summary>
    /// The playback speeds, each positive and different from the others. A clip of speed s has every s-th frame of the video. Default 1 and
    /// 2 (ASCNet, figure 2). With a single speed, both clips of a pair have it.
    /// </summary>
    /// <exception cref="ArgumentException">There is no speed, a speed is not positive, or a speed occurs twice.</exception>
    public ImmutableArray<int> Speeds
    {
        get;
        init => field = Checked(value);
    } = [1, 2];

    /// <summary>Returns whether the other options have the same frames and the same speeds in the same order.</summary>
    public bool Equals(ClipSamplingOptions? other) => other is not null && Frames == other.Frames && Speeds.SequenceEqual(other.Speeds);

    /// <inheritdoc/>
    public override int GetHashCode() => Speeds.Aggregate(Frames, HashCode.Combine);

    private static ImmutableArray<int> Checked(ImmutableArray<int> speeds, [CallerMemberName] string name = "")
    {
        if (speeds.IsDefaultOrEmpty)
        {
            throw new ArgumentException($"{name} must hold at least one speed.", name);
        }

        if (speeds.Any(speed => speed < 1) || speeds.Distinct().Count() != speeds.Length)
        {
            throw new ArgumentException($"{name} must be positive and each come once, not {string.Join(", ", speeds)}.", name);
        }

        return speeds;
    }
}
