using System.Globalization;
using Tacit.Graphs;

namespace Tacit.Inference.Video.Decoding;

/// <summary>A run of ffmpeg that outputs frames in order and verifies each against the frame table of the probe.</summary>
/// <remarks>
/// Frames are identified by their timestamps: ffmpeg keeps the timestamps of the file (<c>-copyts</c>) and logs the timestamp
/// of each frame that it outputs (the filter showinfo). A seek that lands too late is detected in this way; the caller then
/// starts again from the beginning of the file.
/// </remarks>
internal sealed class FrameStream : IAsyncDisposable
{
    private readonly FfmpegProcess _process;
    private readonly VideoInfo _video;
    private readonly FrameTable _table;
    private readonly int _frameBytes;
    private readonly int _stride;
    private int _next;

    private FrameStream(FfmpegProcess process, VideoInfo video, FrameTable table, int frameBytes, int first, int stride) =>
        (_process, _video, _table, _frameBytes, _next, _stride) = (process, video, table, frameBytes, first, stride);

    /// <summary>Starts ffmpeg.</summary>
    /// <param name="ffmpeg">The launcher.</param>
    /// <param name="video">The video.</param>
    /// <param name="table">The frame table of the video.</param>
    /// <param name="size">The size of the frames.</param>
    /// <param name="first">The number of the first frame, from 0.</param>
    /// <param name="count">The number of frames; null reads to the end of the video.</param>
    /// <param name="stride">The distance between consecutive frames, at least 1.</param>
    /// <param name="seek">The timestamp to seek to, in units of the table; null starts at the beginning of the file.</param>
    /// <param name="cancellation">Kills the program.</param>
    public static async Task<FrameStream> OpenAsync(
        Ffmpeg ffmpeg,
        VideoInfo video,
        FrameTable table,
        FrameSize size,
        int first,
        int? count,
        int stride,
        long? seek,
        CancellationToken cancellation
    )
    {
        List<string> input = ["-copyts"];
        List<string> filters = [];
        if (seek is { } time)
        {
            // ffmpeg counts in microseconds. Rounding down would seek to before the key frame.
            var seconds = Math.Ceiling((decimal)time * table.Unit.Numerator * 1_000_000 / table.Unit.Denominator) / 1_000_000;
            input.AddRange(["-noaccurate_seek", "-seek_timestamp", "1", "-ss", seconds.ToString("0.000000", CultureInfo.InvariantCulture)]);
            filters.Add($@"select=gte(pts\,{table[first]})");
        }
        else if (first > 0)
        {
            filters.Add($@"select=gte(n\,{first})");
        }

        if (stride > 1)
        {
            filters.Add($@"select=not(mod(n\,{stride}))");
        }

        filters.AddRange(["showinfo=checksum=0", size.Filters(video)]);
        List<string> output = ["-map", $"0:{table.Stream}", "-vf", string.Join(',', filters)];
        if (count is { } frames)
        {
            output.AddRange(["-frames:v", frames.ToString(CultureInfo.InvariantCulture)]);
        }

        var (width, height) = size.Of(video);
        var process = await ffmpeg.DecodeAsync(video.Path, input, output, cancellation).ConfigureAwait(false);
        return new FrameStream(process, video, table, 3 * width * height, first, stride);
    }

    /// <summary>Reads frames until the buffer is full.</summary>
    /// <param name="pixels">The buffer; its length is a multiple of the size of a frame.</param>
    /// <returns>
    /// Null on success; otherwise an exception that describes the problem, for the caller to throw or to retry without a seek.
    /// </returns>
    public async Task<InvalidVideoException?> FillAsync(Memory<byte> pixels)
    {
        for (; !pixels.IsEmpty; pixels = pixels[_frameBytes..], _next += _stride)
        {
            if (await _process.ReadAsync(pixels[.._frameBytes]).ConfigureAwait(false) < _frameBytes)
            {
                return await EndedAsync().ConfigureAwait(false);
            }

            if (await _process.ReadFrameAsync().ConfigureAwait(false) is not { } frame)
            {
                return Invalid("ffmpeg does not report which frames it writes: this version is not supported");
            }

            if ((frame.Width, frame.Height) != (_video.Width, _video.Height))
            {
                return Invalid($"frame {_next} is {frame.Width} x {frame.Height}, not {_video.Width} x {_video.Height} as the video says");
            }

            if (_table is { HasExactTimes: true } && frame.Time != _table[_next])
            {
                return Invalid($"frame {_next} is not where it was found before: the file is damaged, or has changed since it was probed");
            }
        }

        return null;
    }

    /// <summary>Checks that no frame is left. Returns null if so, otherwise an exception for the caller to throw.</summary>
    public async Task<InvalidVideoException?> EndAsync() =>
        await _process.ReadAsync(new byte[1]).ConfigureAwait(false) == 0
            ? null
            : Invalid($"has more than {_video.Frames} frames: it has changed since it was probed");

    /// <summary>Ends ffmpeg.</summary>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task<InvalidVideoException> EndedAsync()
    {
        var code = await _process.ExitAsync().ConfigureAwait(false);
        return Invalid(
            $"frame {_next} of {_video.Frames} cannot be decoded: {_process.Log.LastError ?? "the file is damaged, or has changed since it was probed"}",
            code
        );
    }

    private InvalidVideoException Invalid(string what, int? code = null) =>
        new($"{OneLine.Of(_video.Path)}: {what}") { Path = _video.Path, ExitCode = code };
}
