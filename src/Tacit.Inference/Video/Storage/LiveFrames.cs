using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Sets;

namespace Tacit.Inference.Video.Storage;

/// <summary>Reads frames of video files by number, in the size that the options specify. Several threads can read at a time.</summary>
/// <remarks>
/// Each read decodes the stretch from the first to the last requested frame. Requested frames that are more than 64 frames
/// apart are decoded as separate stretches.
/// </remarks>
/// <param name="options">The size of the frames and how ffmpeg is run.</param>
internal sealed class LiveFrames(VideoCacheOptions options)
{
    // A gap larger than this starts a new stretch. The limit also bounds the memory that a read takes.
    private const int LargestGap = 64;

    private readonly VideoReader _reader = new(options.Ffmpeg);

    /// <summary>Describes a video as a store lists it, with the size of its frames after scaling.</summary>
    /// <param name="item">The video in the set.</param>
    /// <param name="info">The probed properties of its file.</param>
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

    /// <summary>Decodes the requested frames of a video.</summary>
    /// <param name="info">The probed properties of the file.</param>
    /// <param name="frames">The frame numbers, from 0, in any order; at least one.</param>
    /// <param name="cancellation">Cancels the read and kills ffmpeg.</param>
    /// <returns>The frames in the requested order.</returns>
    /// <exception cref="InvalidVideoException">A frame cannot be decoded.</exception>
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

    // The first and last frame of each run of frames without a large gap.
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
