using System.Runtime.CompilerServices;
using Tacit.Graphs;

namespace Tacit.Inference.Video.Decoding;

/// <summary>Reads frames of videos with the program ffmpeg. Several threads can read at a time.</summary>
/// <remarks>
/// <para>
/// The frames returned are exactly those requested, regardless of the frame rate, the distance between key frames and the start time
/// of the video: those that ffmpeg decodes from the start to the end of the file (<c>-fps_mode passthrough</c>). If that cannot be
/// guaranteed, reading fails. In MP4 and Matroska files with exact timestamps, later frames are sought; in other files, and after
/// any error of the decoder, ffmpeg decodes from the start. A picture of another size than the first is scaled to its size.
/// </para>
/// <para>
/// An enumeration that is not finished or disposed occupies one of the programs that may run at a time (<see
/// cref="FfmpegOptions.Processes"/>).
/// </para>
/// </remarks>
/// <param name="options">How ffmpeg is found and run; null for the defaults.</param>
/// <example><code>
/// var video = await new VideoProbe().RunAsync("wave.mp4");
/// var frames = await new VideoReader().ReadAsync(video, new FrameRange(0, 16, 2), FrameSize.ShortSide(128));
/// </code></example>
public sealed class VideoReader(FfmpegOptions? options = null)
{
    private readonly Ffmpeg _ffmpeg = new(options ?? new FfmpegOptions());
    private readonly VideoProbe _probe = new(options);

    /// <summary>Reads a range of frames.</summary>
    /// <param name="video">
    /// The video, as returned by <see cref="VideoProbe"/>. A record created in another way is probed again on each call.
    /// </param>
    /// <param name="range">The frames to read.</param>
    /// <param name="size">The size of the frames.</param>
    /// <param name="cancellation">Cancels the read and kills the program.</param>
    /// <returns>The frames in the order of the range.</returns>
    /// <exception cref="InvalidVideoException">
    /// A frame cannot be decoded, the first one has another size than the video, or the file has changed since it was probed.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">The range exceeds the video, or the frames take 2 GiB or more.</exception>
    /// <exception cref="FileNotFoundException">ffmpeg is not installed. The message says how to install it.</exception>
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
        var (problem, isMiscounted) = await FillAsync(seek, drops: true).ConfigureAwait(false);
        if (problem is not null && seek is not null)
        {
            // The index of the file may be wrong.
            (problem, isMiscounted) = await FillAsync(null, drops: true).ConfigureAwait(false);
        }

        if (isMiscounted)
        {
            (problem, _) = await FillAsync(null, drops: false).ConfigureAwait(false);
        }

        return problem is null ? new VideoFrames(range.Count, height, width, pixels) : throw problem;

        async Task<(InvalidVideoException? Problem, bool IsMiscounted)> FillAsync((long Shown, long Decoded)? from, bool drops)
        {
            await using var stream = await FrameStream
                .OpenAsync(_ffmpeg, video, table, size, first, range.Count, range.Stride, from, drops, cancellation)
                .ConfigureAwait(false);
            var failure = await stream.FillAsync(pixels).ConfigureAwait(false);
            return (failure, failure is not null && stream.HasRestarted);
        }
    }

    /// <summary>Reads a whole video in order. ffmpeg runs until the last frame is read or the enumeration is disposed.</summary>
    /// <param name="video">The video, as returned by <see cref="VideoProbe"/>. A record created in another way is probed again.</param>
    /// <param name="size">The size of the frames.</param>
    /// <param name="framesPerChunk">The number of frames in each chunk, at least 1; the last chunk may have fewer.</param>
    /// <param name="cancellation">Cancels the read and kills the program.</param>
    /// <returns>All frames of the video, <see cref="VideoInfo.Frames"/> in number, in chunks.</returns>
    /// <exception cref="InvalidVideoException">
    /// A frame cannot be decoded, the first one has another size than the video, or the file has changed since it was probed.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="framesPerChunk"/> is not positive, or a chunk takes 2 GiB or more.
    /// </exception>
    /// <exception cref="FileNotFoundException">ffmpeg is not installed. The message says how to install it.</exception>
    public IAsyncEnumerable<VideoFrames> ReadAllAsync(
        VideoInfo video,
        FrameSize size,
        int framesPerChunk,
        CancellationToken cancellation = default
    ) => ReadAllAsync(video, size, framesPerChunk, null, cancellation);

    /// <summary>Reads a whole video in order and reports the errors of ffmpeg that did not keep it from decoding.</summary>
    /// <param name="video">The video.</param>
    /// <param name="size">The size of the frames.</param>
    /// <param name="framesPerChunk">The number of frames in each chunk, at least 1.</param>
    /// <param name="finished">Receives the complete log of ffmpeg after the last frame; null to leave ffmpeg then.</param>
    /// <param name="cancellation">Cancels the read and kills the program.</param>
    internal IAsyncEnumerable<VideoFrames> ReadAllAsync(
        VideoInfo video,
        FrameSize size,
        int framesPerChunk,
        Action<FfmpegLog>? finished,
        CancellationToken cancellation
    )
    {
        Require.AtLeast(1, framesPerChunk, nameof(framesPerChunk));
        ArgumentNullException.ThrowIfNull(video);
        var (width, height) = SizeOf(video, size, Math.Min(framesPerChunk, video.Frames));
        return ReadAsync(cancellation);

        async IAsyncEnumerable<VideoFrames> ReadAsync([EnumeratorCancellation] CancellationToken stop)
        {
            var table = await TableAsync(video, stop).ConfigureAwait(false);
            await using var stream = await FrameStream
                .OpenAsync(_ffmpeg, video, table, size, 0, null, 1, null, drops: false, stop)
                .ConfigureAwait(false);
            for (var first = 0; first < video.Frames; first += framesPerChunk)
            {
                var count = Math.Min(framesPerChunk, video.Frames - first);
                var pixels = GC.AllocateUninitializedArray<byte>(3 * count * width * height);
                var problem =
                    await stream.FillAsync(pixels).ConfigureAwait(false)
                    ?? (first + count == video.Frames ? await stream.EndAsync().ConfigureAwait(false) : null);
                yield return problem is null ? new VideoFrames(count, height, width, pixels) : throw problem;
            }

            if (finished is not null)
            {
                finished(await stream.LogAsync().ConfigureAwait(false));
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
