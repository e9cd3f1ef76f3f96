using System.Runtime.CompilerServices;
using Tacit.Inference.Contracts;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Video.Clips;

/// <summary>
/// Enumerates clips from the start of a video to its end. ffmpeg runs once and decodes each frame once; only the frames spanned
/// by one clip are kept in memory.
/// </summary>
/// <param name="video">The probed video.</param>
/// <param name="size">The size of the frames.</param>
/// <param name="clip">The number and stride of the frames of a clip.</param>
/// <param name="step">
/// The time between the starts of consecutive clips; null starts each clip after the last frame of the one before. If the step
/// is shorter than a frame, each clip starts one frame later.
/// </param>
internal sealed class SlidingClips(VideoInfo video, FrameSize size, ClipPreprocessing clip, TimeSpan? step)
{
    private const int FramesAtOnce = 8;

    // The frames from the first to the last of a clip, or all frames of a shorter video.
    private readonly int _span = Math.Min(clip.Span, video.Frames);

    /// <summary>
    /// Reads the clips in order. A video shorter than a clip produces one clip (<see cref="TestClips"/> describes its frames).
    /// </summary>
    /// <param name="reader">Reads the video.</param>
    /// <param name="cancellation">Cancels the enumeration and kills ffmpeg.</param>
    /// <returns>The start of each clip relative to the first frame of the video, and its frames.</returns>
    /// <exception cref="InvalidVideoException">A frame cannot be decoded.</exception>
    public async IAsyncEnumerable<(TimeSpan Start, VideoFrames Frames)> ReadAsync(
        VideoReader reader,
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        var (width, height) = size.Of(video);
        var bytes = 3 * height * width;
        var held = new byte[checked(_span * bytes)]; // frame f at f % span
        var numbers = TestClips.Of(_span, clip, 1)[0]; // of the clip that starts at 0
        var frame = 0;
        using var start = Starts().GetEnumerator();
        _ = start.MoveNext();
        await foreach (var chunk in reader.ReadAllAsync(video, size, FramesAtOnce, cancellation).ConfigureAwait(false))
        {
            for (var i = 0; i < chunk.Count; i++, frame++)
            {
                chunk[i].CopyTo(held.AsSpan(frame % _span * bytes));
                if (frame == start.Current + _span - 1)
                {
                    yield return (video.Table!.TimeOf(start.Current, video.FrameRate), Take(start.Current));
                    if (!start.MoveNext())
                    {
                        yield break;
                    }
                }
            }
        }

        VideoFrames Take(int from)
        {
            var pixels = new byte[numbers.Length * bytes];
            for (var i = 0; i < numbers.Length; i++)
            {
                held.AsSpan((from + numbers[i]) % _span * bytes, bytes).CopyTo(pixels.AsSpan(i * bytes));
            }

            return new VideoFrames(numbers.Length, height, width, pixels);
        }
    }

    // The first frames of the clips, ascending. At least one; a clip must fit before the end of the video.
    private IEnumerable<int> Starts()
    {
        var table = video.Table!;
        var last = table.TimeOf(video.Frames - 1, video.FrameRate);
        var start = 0;
        for (var next = 1L; start <= video.Frames - _span; next++)
        {
            yield return start;
            if (step is not { } time)
            {
                start += _span;
            }
            else if ((Int128)time.Ticks * next is var ticks && ticks <= last.Ticks)
            {
                start = Math.Max(start + 1, table.FrameAt(new TimeSpan((long)ticks), video.FrameRate));
            }
            else
            {
                yield break;
            }
        }
    }
}
