namespace Tacit.Inference.Video;

// Reads frames of video files by their numbers, in the size that the options say. Serves several threads at a time.
//
// Each read decodes the stretch from the first to the last frame asked for; where frames lie far apart, several stretches.
internal sealed class LiveFrames(VideoCacheOptions options)
{
    // Frames further apart than this are sought one by one; it also bounds what a read holds in memory.
    private const int LargestGap = 64;

    private readonly VideoReader _reader = new(options.Ffmpeg);

    public StoredVideo Describe(VideoItem item, VideoInfo info)
    {
        var (width, height) = options.SizeOf(info).Of(info);
        return new StoredVideo(item.Name, info.Frames, height, width, info.FrameRate)
        {
            Label = item.Label,
            Source = item.Source,
            Split = item.Split,
        };
    }

    public async ValueTask<VideoFrames> ReadAsync(VideoInfo info, ReadOnlyMemory<int> frames, CancellationToken cancellation)
    {
        var size = options.SizeOf(info);
        var (width, height) = size.Of(info);
        var bytes = 3 * height * width;
        var pixels = new byte[bytes * frames.Length];
        foreach (var (first, last) in Stretches(frames.Span))
        {
            var stretch = await _reader.ReadAsync(info, new FrameRange(first, last - first + 1), size, cancellation).ConfigureAwait(false);
            for (var i = 0; i < frames.Length; i++)
            {
                var frame = frames.Span[i];
                if (frame >= first && frame <= last)
                {
                    stretch[frame - first].CopyTo(pixels.AsSpan(i * bytes));
                }
            }
        }

        return new VideoFrames(frames.Length, height, width, pixels);
    }

    // The first and last frames of runs without large gaps.
    private static List<(int First, int Last)> Stretches(ReadOnlySpan<int> frames)
    {
        var sorted = frames.ToArray();
        Array.Sort(sorted);
        List<(int First, int Last)> stretches = [(sorted[0], sorted[0])];
        foreach (var frame in sorted)
        {
            if (frame - stretches[^1].Last > LargestGap)
            {
                stretches.Add((frame, frame));
            }
            else
            {
                stretches[^1] = (stretches[^1].First, frame);
            }
        }

        return stretches;
    }
}
