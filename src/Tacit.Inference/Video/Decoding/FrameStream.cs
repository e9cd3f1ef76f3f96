using System.Globalization;
using Tacit.Graphs;

namespace Tacit.Inference.Video.Decoding;

/// <summary>A run of ffmpeg that outputs frames in order and verifies each against the frame table of the probe.</summary>
/// <remarks>
/// <para>
/// Frames are counted here. ffmpeg counts them too, to drop those that are not wanted before it scales them, but its filters
/// start to count again when the size or the pixel format changes. The numbers in its log show that. The caller then starts
/// again with all frames written. Timestamps are compared too, where the table has them: ffmpeg keeps those of the file
/// (<c>-copyts</c>) and logs that of each frame that it outputs (the filter showinfo).
/// </para>
/// <para>
/// After a seek, anything unexpected is a problem: a seek that lands too late, a frame that the index of the file calls a key
/// frame and the decoder does not, and any error of the decoder, which misses earlier frames if the index is wrong. The caller
/// then starts again from the beginning of the file, where ffmpeg's output is right by definition.
/// </para>
/// </remarks>
internal sealed class FrameStream : IAsyncDisposable
{
    private readonly FfmpegProcess _process;
    private readonly VideoInfo _video;
    private readonly FrameTable _table;
    private readonly int _frameBytes;
    private readonly int _stride;
    private readonly bool _drops; // whether ffmpeg writes the wanted frames only
    private readonly long? _key; // the time of the key frame that was sought
    private bool _isKeySeen;
    private bool _isAhead; // whether the first wanted frame has not come after a seek
    private int _next;
    private int _wanted;

    private FrameStream(
        FfmpegProcess process,
        VideoInfo video,
        FrameTable table,
        int frameBytes,
        int first,
        int stride,
        bool drops,
        long? key
    )
    {
        (_process, _video, _table, _frameBytes, _stride) = (process, video, table, frameBytes, stride);
        (_drops, _key, _isAhead) = (drops, key, key is not null);
        (_next, _wanted) = (key is null ? 0 : first, first);
    }

    /// <summary>Starts ffmpeg.</summary>
    /// <param name="ffmpeg">The launcher.</param>
    /// <param name="video">The video.</param>
    /// <param name="table">The frame table of the video.</param>
    /// <param name="size">The size of the frames.</param>
    /// <param name="first">The number of the first frame, from 0.</param>
    /// <param name="count">The number of frames; null reads to the end of the video.</param>
    /// <param name="stride">The distance between consecutive frames, at least 1.</param>
    /// <param name="seek">The key frame to seek to, in units of the table; null starts at the beginning of the file.</param>
    /// <param name="drops">
    /// Whether ffmpeg drops frames that are not wanted, if it starts at the beginning. That fails in files whose size or pixel
    /// format changes (<see cref="HasRestarted"/>).
    /// </param>
    /// <param name="cancellation">Kills the program.</param>
    public static async Task<FrameStream> OpenAsync(
        Ffmpeg ffmpeg,
        VideoInfo video,
        FrameTable table,
        FrameSize size,
        int first,
        int? count,
        int stride,
        (long Shown, long Decoded)? seek,
        bool drops,
        CancellationToken cancellation
    )
    {
        drops &= seek is null && (first > 0 || stride > 1);
        List<string> input = ["-copyts"];
        List<string> filters = ["showinfo=checksum=0"];
        if (seek is { Decoded: var time })
        {
            // ffmpeg counts in microseconds. Rounding down would seek to before the key frame.
            var seconds = Math.Ceiling((decimal)time * table.Unit.Numerator * 1_000_000 / table.Unit.Denominator) / 1_000_000;
            input.AddRange(["-noaccurate_seek", "-seek_timestamp", "1", "-ss", seconds.ToString("0.000000", CultureInfo.InvariantCulture)]);
            filters.Add($@"select=gte(pts\,{table[first]})");
        }
        else if (drops)
        {
            filters.Add($@"select=gte(n\,{first})*not(mod(n-{first}\,{stride}))");
        }

        filters.Add(size.Filters(video));
        List<string> output = ["-map", $"0:{table.Stream}", "-vf", string.Join(',', filters)];
        if (count is { } frames)
        {
            var last = (seek is null ? first : 0) + ((frames - 1L) * stride);
            output.AddRange(["-frames:v", (drops ? frames : last + 1).ToString(CultureInfo.InvariantCulture)]);
        }

        var (width, height) = size.Of(video);
        var process = await ffmpeg.DecodeAsync(video.Path, input, output, cancellation).ConfigureAwait(false);
        return new FrameStream(process, video, table, 3 * width * height, first, stride, drops, seek?.Shown);
    }

    /// <summary>Whether ffmpeg has begun to count again, and dropped or written the wrong frames.</summary>
    public bool HasRestarted => _drops && _process.Log.HasRestarted;

    /// <summary>Reads frames until the buffer is full.</summary>
    /// <param name="pixels">The buffer; its length is a multiple of the size of a frame.</param>
    /// <returns>
    /// Null on success; otherwise an exception that describes the problem, for the caller to throw or to retry without a seek.
    /// </returns>
    public async Task<InvalidVideoException?> FillAsync(Memory<byte> pixels)
    {
        for (; !pixels.IsEmpty; pixels = pixels[_frameBytes..], _wanted += _stride)
        {
            // A frame that is written and not wanted is overwritten by the next one.
            while (_next <= _wanted)
            {
                if (await _process.ReadAsync(pixels[.._frameBytes]).ConfigureAwait(false) < _frameBytes)
                {
                    return await EndedAsync().ConfigureAwait(false);
                }

                for (var written = _drops ? _wanted : _next; _next <= written; _next++)
                {
                    if (await CheckAsync().ConfigureAwait(false) is { } problem)
                    {
                        return problem;
                    }
                }
            }
        }

        return null;
    }

    /// <summary>Checks that no frame is left. Returns null if so, otherwise an exception for the caller to throw.</summary>
    public async Task<InvalidVideoException?> EndAsync() =>
        await _process.ReadAsync(new byte[1]).ConfigureAwait(false) == 0
            ? null
            : Invalid($"has more than {_video.Frames} frames: it has changed since it was probed");

    /// <summary>Waits for the end of ffmpeg and returns its log, which is then complete.</summary>
    public async Task<FfmpegLog> LogAsync()
    {
        await _process.ExitAsync().ConfigureAwait(false);
        return _process.Log;
    }

    /// <summary>Ends ffmpeg.</summary>
    public ValueTask DisposeAsync() => _process.DisposeAsync();

    // Checks the log of the next frame.
    private async Task<InvalidVideoException?> CheckAsync()
    {
        LoggedFrame? logged;
        do
        {
            logged = await _process.ReadFrameAsync().ConfigureAwait(false);
            _isKeySeen |= logged is { IsKey: true } && logged?.Time == _key;
        } while (_isAhead && logged?.Time < _table[_next]); // frames before the first wanted one are logged and not written

        _isAhead = false;
        if (logged is not { } frame)
        {
            return Invalid("ffmpeg does not report which frames it writes: this version is not supported");
        }

        if (HasRestarted)
        {
            return Invalid($"frame {_next} cannot be counted: the size or the pixel format of the video changes");
        }

        // Later frames may have another size. ffmpeg scales them to that of the first.
        if ((_key is not null || _next == 0) && (frame.Width, frame.Height) != (_video.Width, _video.Height))
        {
            return Invalid($"frame {_next} is {frame.Width} x {frame.Height}, not {_video.Width} x {_video.Height} as the video says");
        }

        if (_table is { HasExactTimes: true } && frame.Time != _table[_next])
        {
            return Invalid($"frame {_next} is not where it was found before: the file is damaged, or has changed since it was probed");
        }

        // The log has all errors up to this frame.
        return _key is null || (_isKeySeen && _process.Log.SeekError is null)
            ? null
            : Invalid($"frame {_next} cannot be sought: {_process.Log.SeekError ?? "the index of the file is wrong"}");
    }

    private async Task<InvalidVideoException> EndedAsync()
    {
        var code = await _process.ExitAsync().ConfigureAwait(false);
        while (_drops && _next < _wanted && await _process.ReadFrameAsync().ConfigureAwait(false) is not null)
        {
            _next++;
        }

        return Invalid(
            $"frame {_next} of {_video.Frames} cannot be decoded: {_process.Log.LastError ?? "the file is damaged, or has changed since it was probed"}",
            code
        );
    }

    private InvalidVideoException Invalid(string what, int? code = null) =>
        new($"{OneLine.Of(_video.Path)}: {what}") { Path = _video.Path, ExitCode = code };
}
