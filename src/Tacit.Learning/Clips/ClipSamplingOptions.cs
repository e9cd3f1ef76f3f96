using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Tacit.Learning.Clips;

/// <summary>The options of <see cref="ClipSampler"/>. Immutable; values are checked where they are set. Equality is by value.</summary>
public sealed record ClipSamplingOptions
{
    /// <summary>The frames of a clip, at least 1. Default 16 (ASCNet's R3D-18, RSPNet).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Frames
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 16;

    /// <summary>
    /// The playback speeds: a clip of speed s holds every s-th frame. At least one, positive, each once. Default 1 and 2 (ASCNet,
    /// figure 2). With a single speed both clips of a pair have it.
    /// </summary>
    /// <exception cref="ArgumentException">There is none, one is not positive, or one comes twice.</exception>
    public ImmutableArray<int> Speeds
    {
        get;
        init => field = Checked(value);
    } = [1, 2];

    /// <summary>Whether the other options are the same.</summary>
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
