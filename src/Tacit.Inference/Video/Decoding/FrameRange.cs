namespace Tacit.Inference.Video.Decoding;

/// <summary>Specifies which frames of a video to read: the first frame, the number of frames and the distance between them.</summary>
/// <example><c>new FrameRange(10, 4, 2)</c> selects the frames 10, 12, 14 and 16.</example>
public sealed record FrameRange
{
    /// <summary>Creates a range that starts at a frame number.</summary>
    /// <param name="first">The number of the first frame, from 0.</param>
    /// <param name="count">The number of frames, at least 1.</param>
    /// <param name="stride">
    /// The distance between consecutive frames of the range: 1 for every frame, 2 for every other frame. At least 1; default 1.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is below its minimum.</exception>
    public FrameRange(int first, int count, int stride = 1)
    {
        First = Require.AtLeast(0, first, nameof(first));
        Count = Require.AtLeast(1, count, nameof(count));
        Stride = Require.AtLeast(1, stride, nameof(stride));
    }

    /// <summary>The number of the first frame, from 0; 0 if the range starts at a time (<see cref="Start"/>).</summary>
    public int First { get; }

    /// <summary>The number of frames, at least 1.</summary>
    public int Count { get; }

    /// <summary>The difference between the numbers of consecutive frames of the range, at least 1.</summary>
    public int Stride { get; }

    /// <summary>
    /// The time of the first frame of the range, relative to the first frame of the video. The frame shown at this time is
    /// selected. Null if the range starts at a frame number.
    /// </summary>
    public TimeSpan? Start { get; private init; }

    /// <summary>
    /// Creates a range that starts with the frame shown at a given time. The stride counts frames, even if the frame rate
    /// varies.
    /// </summary>
    /// <param name="start">The time relative to the first frame of the video; not negative.</param>
    /// <param name="count">The number of frames, at least 1.</param>
    /// <param name="stride">
    /// The distance between consecutive frames of the range: 1 for every frame, 2 for every other frame. At least 1; default 1.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is below its minimum.</exception>
    public static FrameRange At(TimeSpan start, int count, int stride = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(start, TimeSpan.Zero);
        return new FrameRange(0, count, stride) { Start = start };
    }
}
