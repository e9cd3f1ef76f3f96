using System.Runtime.CompilerServices;
using Tacit.Graphs;

namespace Tacit.Inference.Video;

/// <summary>Reads frames of videos, by the program ffmpeg. Serves several threads at a time.</summary>
/// <remarks>
/// The frames are exactly those asked for, whatever the frame rate, the distance of key frames and the time at which a
/// video starts; where that cannot be had, reading fails. Later frames of MP4 and Matroska files are sought; in others ffmpeg
/// decodes from the start. An enumeration that is not read to its end holds one of the programs that may run at a time.
/// </remarks>
/// <param name="options">How ffmpeg is run; null for the defaults.</param>
public sealed class VideoReader(FfmpegOptions? options = null)
{
    private readonly Ffmpeg _ffmpeg = new(options ?? new FfmpegOptions());
    private readonly VideoProbe _probe = new(options);

    /// <summary>Reads some frames.</summary>
    /// <param name="video">The video, as <see cref="VideoProbe"/> gave it; one made otherwise is probed again each time.</param>
    /// <param name="range">Which frames.</param>
    /// <param name="size">The size of the frames.</param>
    /// <param name="cancellation">Stops, and kills the program.</param>
    /// <returns>The frames, red, green and blue.</returns>
    /// <exception cref="InvalidVideoException">A frame cannot be decoded, is of another size than the video, or the file has changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The video has no such frames, or they take 2 GiB or more.</exception>
    /// <exception cref="FileNotFoundException">ffmpeg is not installed; the message says how to get it.</exception>
    public async Task<VideoFrames> ReadAsync(VideoInfo video, FrameRange range, FrameSize size, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(range);
        var (width, height) = SizeOf(video, size, range.Count);
        var table = await TableAsync(video, cancellation).ConfigureAwait(false);
        var first = range.Start is { } start ? table.FrameAt(start, video.FrameRate) : range.First;
        var last = first + ((long)(range.Count - 1) * range.Stride);
        if (last >= video.Frames || range.Start > video.Duration)
        {
            throw new ArgumentOutOfRangeException(
                nameof(range),
                $"{OneLine.Of(video.Path)} has {video.Frames} frames in {video.Duration.TotalSeconds:0.###} s: frames {first} to {last} are not among them"
            );
        }

        var pixels = GC.AllocateUninitializedArray<byte>(3 * range.Count * width * height);
        var seek = table.SeekPoint(first);
        var problem = await FillAsync(seek).ConfigureAwait(false);
        if (problem is not null && seek is not null)
        {
            // The file's index is not to be relied on.
            problem = await FillAsync(null).ConfigureAwait(false);
        }

        return problem is null ? new VideoFrames(range.Count, height, width, pixels) : throw problem;

        async Task<InvalidVideoException?> FillAsync(long? from)
        {
            await using var stream = await FrameStream
                .OpenAsync(_ffmpeg, video, table, size, first, range.Count, range.Stride, from, cancellation)
                .ConfigureAwait(false);
            return await stream.FillAsync(pixels).ConfigureAwait(false);
        }
    }

    /// <summary>Reads a whole video in order. A program runs until the last frame is read or the enumeration is disposed.</summary>
    /// <param name="video">The video, as <see cref="VideoProbe"/> gave it; one made otherwise is probed again.</param>
    /// <param name="size">The size of the frames.</param>
    /// <param name="framesPerChunk">Frames given at a time, at least 1; the last chunk may have fewer.</param>
    /// <param name="cancellation">Stops, and kills the program.</param>
    /// <returns>All frames of the video, <see cref="VideoInfo.Frames"/> in number.</returns>
    /// <exception cref="InvalidVideoException">A frame cannot be decoded, is of another size than the video, or the file has changed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A chunk is not positive, or takes 2 GiB or more.</exception>
    /// <exception cref="FileNotFoundException">ffmpeg is not installed; the message says how to get it.</exception>
    public IAsyncEnumerable<VideoFrames> ReadAllAsync(
        VideoInfo video,
        FrameSize size,
        int framesPerChunk,
        CancellationToken cancellation = default
    )
    {
        Require.AtLeast(1, framesPerChunk, nameof(framesPerChunk));
        ArgumentNullException.ThrowIfNull(video);
        var (width, height) = SizeOf(video, size, Math.Min(framesPerChunk, video.Frames));
        return ReadAsync(cancellation);

        async IAsyncEnumerable<VideoFrames> ReadAsync([EnumeratorCancellation] CancellationToken stop)
        {
            var table = await TableAsync(video, stop).ConfigureAwait(false);
            await using var stream = await FrameStream.OpenAsync(_ffmpeg, video, table, size, 0, null, 1, null, stop).ConfigureAwait(false);
            for (var first = 0; first < video.Frames; first += framesPerChunk)
            {
                var count = Math.Min(framesPerChunk, video.Frames - first);
                var pixels = GC.AllocateUninitializedArray<byte>(3 * count * width * height);
                var problem =
                    await stream.FillAsync(pixels).ConfigureAwait(false)
                    ?? (first + count == video.Frames ? await stream.EndAsync().ConfigureAwait(false) : null);
                yield return problem is null ? new VideoFrames(count, height, width, pixels) : throw problem;
            }
        }
    }

    private static (int Width, int Height) SizeOf(VideoInfo video, FrameSize size, int count)
    {
        ArgumentNullException.ThrowIfNull(video);
        ArgumentNullException.ThrowIfNull(size);
        var (width, height) = size.Of(video);
        return 3L * count * width * height <= Array.MaxLength
            ? (width, height)
            : throw new ArgumentOutOfRangeException(
                nameof(size),
                $"{count} frames {width} x {height} take 2 GiB or more: read fewer at a time, or smaller ones"
            );
    }

    private async Task<FrameTable> TableAsync(VideoInfo video, CancellationToken cancellation)
    {
        if (video.Table is { } known)
        {
            return known;
        }

        var found = await _probe.RunAsync(video.Path, cancellation).ConfigureAwait(false);
        return found.Table is { } table && (found.Frames, found.Width, found.Height) == (video.Frames, video.Width, video.Height)
            ? table
            : throw new InvalidVideoException(
                $"{OneLine.Of(video.Path)}: has {found.Frames} frames {found.Width} x {found.Height}, not {video.Frames} frames {video.Width} x {video.Height}: probe it again"
            )
            {
                Path = video.Path,
            };
    }
}
