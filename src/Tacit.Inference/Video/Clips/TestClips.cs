using System.Collections.Immutable;
using Tacit.Inference.Contracts;

namespace Tacit.Inference.Video.Clips;

/// <summary>Selects the frames on which a video is evaluated: clips whose starts are evenly spaced over the video.</summary>
/// <remarks>
/// <para>
/// The starts are evenly spaced from frame 0 to the last frame from which a clip fits, rounded to whole numbers; a single clip
/// lies in the middle. Equal starts count once, so a short video produces fewer clips.
/// </para>
/// <para>
/// A video shorter than <see cref="ClipPreprocessing.Span"/> produces one clip. If the video has at least as many frames as a
/// clip, the clip's frames are evenly spread over it; otherwise the frames repeat cyclically, as in RSPNet.
/// </para>
/// </remarks>
/// <example>Three clips of 4 frames from a video of 10 frames: 0 1 2 3, 3 4 5 6, 6 7 8 9. From a video of 3 frames: 0 1 2 0.</example>
public static class TestClips
{
    /// <summary>Computes the frame numbers of each clip.</summary>
    /// <param name="videoFrames">The number of frames of the video.</param>
    /// <param name="clip">The number and stride of the frames of a clip.</param>
    /// <param name="count">The maximum number of clips.</param>
    /// <returns>At least one clip, each of <see cref="ClipPreprocessing.Frames"/> frame numbers, ordered by start.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="videoFrames"/> or <paramref name="count"/> is not positive.
    /// </exception>
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
