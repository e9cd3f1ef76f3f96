using System.Runtime.CompilerServices;

namespace Tacit.Inference.Video;

// Clips from the start of a video to its end, by one program that decodes each frame once. Holds the frames of one clip.
internal sealed class SlidingClips(VideoInfo video, FrameSize size, ClipPreprocessing clip, TimeSpan? step)
{
    private const int FramesAtOnce = 8;

    // From the first frame of a clip to its last; of a shorter video all frames.
    private readonly int _span = Math.Min(clip.Span, video.Frames);

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

    // The first frames of the clips, as long as one fits; at least one, ascending.
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
