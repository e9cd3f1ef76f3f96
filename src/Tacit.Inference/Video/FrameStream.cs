using System.Globalization;
using Tacit.Graphs;

namespace Tacit.Inference.Video;

// One run of ffmpeg, that gives frames in order and holds each against what the probe found.
//
// A frame is known by its time: ffmpeg keeps the file's times (-copyts) and logs that of each frame it gives (showinfo). So a
// seek that lands too late shows, and the caller can begin at the start of the file instead.
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

    // `count` null: to the end of the video. `seek`: the time to begin with, null for the start of the file.
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
            // Rounded up to the microseconds that ffmpeg counts in: rounded down would be before the key frame.
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

    // Fills the buffer with the next frames. Null, or why that is not possible.
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
                return Invalid("ffmpeg does not tell which frames it gives: its version is not supported");
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

    // Null where no frame is left, otherwise what is wrong.
    public async Task<InvalidVideoException?> EndAsync() =>
        await _process.ReadAsync(new byte[1]).ConfigureAwait(false) == 0
            ? null
            : Invalid($"has more than {_video.Frames} frames: it has changed since it was probed");

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
