using System.Collections.Immutable;

namespace Tacit.Inference.Video;

/// <summary>Which frames of a video are seen when it is judged: clips whose starts are evenly spaced.</summary>
/// <remarks>
/// <para>The starts are the whole numbers nearest to evenly spaced ones from the first frame to the last from which a clip fits; a single
/// clip lies in the middle. Equal starts count once, so a short video gives fewer clips.</para>
/// <para>A video shorter than a clip's <see cref="ClipPreprocessing.Span"/> gives one clip: its frames evenly spread where it has
/// as many as a clip, else all of them over and over (as RSPNet has it).</para>
/// </remarks>
/// <example>Three clips of 4 frames of a video of 10: 0 1 2 3, 3 4 5 6, 6 7 8 9. Of a video of 3: 0 1 2 0.</example>
public static class TestClips
{
    /// <summary>The frame numbers of each clip.</summary>
    /// <param name="videoFrames">The frames that the video has.</param>
    /// <param name="clip">The form of a clip.</param>
    /// <param name="count">How many clips to take at most.</param>
    /// <returns>At least one clip, each of <see cref="ClipPreprocessing.Frames"/> numbers, in the order of their starts.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are no frames or clips.</exception>
    public static ImmutableArray<ImmutableArray<int>> Of(int videoFrames, ClipPreprocessing clip, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(videoFrames);
        ArgumentNullException.ThrowIfNull(clip);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if (videoFrames < clip.Span)
        {
            return
            [
                [
                    .. Enumerable
                        .Range(0, clip.Frames)
                        .Select(i => videoFrames < clip.Frames ? i % videoFrames : Between(videoFrames - 1, i, clip.Frames)),
                ],
            ];
        }

        var last = videoFrames - clip.Span;
        var starts = count == 1 ? [last / 2] : Enumerable.Range(0, count).Select(i => Between(last, i, count)).Distinct();
        return [.. starts.Select(start => Enumerable.Range(0, clip.Frames).Select(i => start + i * clip.Stride).ToImmutableArray())];
    }

    // The i-th of `count` numbers evenly spaced from 0 to `last`, rounded half up.
    private static int Between(int last, int i, int count) => (int)((2L * i * last + count - 1) / (2L * (count - 1)));
}
