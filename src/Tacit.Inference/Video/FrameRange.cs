namespace Tacit.Inference.Video;

/// <summary>Which frames of a video are read: from which one on, how many, and how far apart.</summary>
public sealed record FrameRange
{
    /// <summary>Frames by number.</summary>
    /// <param name="first">The number of the first frame, from 0.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="stride">1 for every frame, 2 for every other one; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below its least.</exception>
    public FrameRange(int first, int count, int stride = 1)
    {
        First = Require.AtLeast(0, first, nameof(first));
        Count = Require.AtLeast(1, count, nameof(count));
        Stride = Require.AtLeast(1, stride, nameof(stride));
    }

    /// <summary>The number of the first frame; 0 where it is told by <see cref="Start"/>.</summary>
    public int First { get; }

    /// <summary>How many frames.</summary>
    public int Count { get; }

    /// <summary>By how much the number grows from one frame to the next.</summary>
    public int Stride { get; }

    /// <summary>
    /// The time at which the first frame is on the screen, counted from the start of the first frame of the video; null where
    /// it is told by number.
    /// </summary>
    public TimeSpan? Start { get; private init; }

    /// <summary>Frames from the one on that is on the screen at a time. The stride is by number, also where the frame rate varies.</summary>
    /// <param name="start">From the start of the first frame of the video; not negative.</param>
    /// <param name="count">How many, at least 1.</param>
    /// <param name="stride">1 for every frame, 2 for every other one; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below its least.</exception>
    public static FrameRange At(TimeSpan start, int count, int stride = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(start, TimeSpan.Zero);
        return new FrameRange(0, count, stride) { Start = start };
    }
}
