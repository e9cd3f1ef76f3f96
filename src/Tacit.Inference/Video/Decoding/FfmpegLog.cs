using System.Globalization;
using System.Threading.Channels;
using Tacit.Graphs;

namespace Tacit.Inference.Video.Decoding;

/// <summary>A decoded frame as reported by the filter showinfo.</summary>
/// <param name="Number">The number of the frame, which starts again at 0 when the size or the pixel format changes.</param>
/// <param name="Time">The presentation timestamp in units of the stream's time base; null if the frame has none.</param>
/// <param name="Width">The width in pixels.</param>
/// <param name="Height">The height in pixels.</param>
/// <param name="IsKey">Whether the decoder found a key frame, on which it depends alone.</param>
internal readonly record struct LoggedFrame(int Number, long? Time, int Width, int Height, bool IsKey);

/// <summary>Reads and interprets the standard error stream of ffmpeg or ffprobe.</summary>
/// <remarks>
/// The stream is read continuously so that the program never blocks on a full pipe. The program must run with <c>-loglevel
/// level+…</c>, which prefixes each message with its level.
/// </remarks>
/// <param name="path">The path of the input file. It is removed from error messages, which callers prefix with it anyway.</param>
internal sealed class FfmpegLog(string path)
{
    private const string Generic = "Invalid data found when processing input";

    // After a seek to a key frame, pictures of H.264 ask to forget earlier ones, which were never decoded.
    private const string HarmlessAfterSeek = "mmco: unref short failure";

    // What is said of timestamps that do not ascend, which raw frames lack anyway.
    private const string OfOutput = "non monotonically increasing dts to muxer";
    private const int LongestLine = 300;
    private static readonly string[] Levels = ["panic", "fatal", "error", "warning", "info"];

    private readonly Channel<LoggedFrame> _frames = Channel.CreateUnbounded<LoggedFrame>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private string? _error;
    private string? _before;
    private bool _inError;
    private int _count;

    /// <summary>The frames logged so far that have not been taken. The channel completes at the end of the log.</summary>
    public ChannelReader<LoggedFrame> Frames => _frames.Reader;

    /// <summary>Whether the filters of ffmpeg have started again to count frames.</summary>
    public bool HasRestarted { get; private set; }

    /// <summary>The number of errors, and of frames that the decoder calls corrupt, so far.</summary>
    public int Errors { get; private set; }

    /// <summary>The first of <see cref="Errors"/> as a single line; null if there was none.</summary>
    public string? FirstError { get; private set; }

    /// <summary>The first error that can make frames after a seek differ from those that are read from the start; null if none.</summary>
    public string? SeekError { get; private set; }

    /// <summary>The name of the format of the file if it is not among <see cref="InputFormats"/>; otherwise null.</summary>
    public string? RefusedFormat { get; private set; }

    /// <summary>Whether a demuxer reported that the file ends too early.</summary>
    public bool IsTruncated { get; private set; }

    /// <summary>
    /// The last error as a single line; null if there was none. If ffmpeg's last error is the generic "Invalid data found when
    /// processing input", the error before it is included. The value is final once <see cref="ReadAsync"/> has completed.
    /// </summary>
    public string? LastError =>
        RefusedFormat is not null ? $"is not a video but {InputFormats.Describe(RefusedFormat)}"
        : _error is null ? null
        : _error == Generic && _before is not null ? $"{_before}: {_error}"
        : _error;

    /// <summary>Reads the log until it ends. The end of the process, even a kill, ends the log without an exception.</summary>
    /// <param name="log">The standard error stream.</param>
    public async Task ReadAsync(TextReader log)
    {
        try
        {
            while (await log.ReadLineAsync().ConfigureAwait(false) is { } line)
            {
                Add(line);
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The process was killed and its pipe was closed.
        }
        finally
        {
            _frames.Writer.TryComplete();
        }
    }

    private void Add(string line)
    {
        var (source, level, text) = Parse(line);
        var goesOn = _inError && level is null; // a path with a line break in it
        _inError = level is null ? _inError : level is "error" or "fatal" or "panic";
        if (goesOn)
        {
            _error = Clean($"{_error}\n{text}");
        }
        else if (_inError && !text.Contains(OfOutput, StringComparison.Ordinal))
        {
            if (text.StartsWith("Format not on whitelist", StringComparison.Ordinal))
            {
                RefusedFormat = source.Split(' ', ',')[0];
            }

            (_before, _error) = (_error, Clean(text));
            Count(_error);
            IsTruncated |=
                text.Contains("File ended prematurely", StringComparison.Ordinal)
                || text.EndsWith("partial file", StringComparison.Ordinal);
        }
        else if (text.Contains("corrupt decoded frame", StringComparison.Ordinal))
        {
            Count(Clean(text));
        }
        else if (source.StartsWith("Parsed_showinfo", StringComparison.Ordinal) && Frame(text) is { } frame)
        {
            HasRestarted |= frame.Number != _count++;
            _frames.Writer.TryWrite(frame);
        }
    }

    private void Count(string error)
    {
        FirstError ??= error;
        SeekError ??= error == HarmlessAfterSeek ? null : error;
        Errors++;
    }

    // Splits "[source @ address] [level] text". The source is optional; the level is null if the line has none.
    private static (string Source, string? Level, string Text) Parse(string line)
    {
        var source = "";
        for (
            var text = line;
            text.StartsWith('[') && text.IndexOf("] ", StringComparison.Ordinal) is > 0 and var end;
            text = text[(end + 2)..]
        )
        {
            var tag = text[1..end];
            if (Levels.Contains(tag))
            {
                return (source, tag, text[(end + 2)..]);
            }

            source = tag;
        }

        return ("", null, line);
    }

    // Parses "n:   0 pts:  15360 pts_time:1 … s:64x48 …".
    private static LoggedFrame? Frame(string text)
    {
        if (
            !text.StartsWith("n:", StringComparison.Ordinal)
            || !int.TryParse(Field(text, "n:"), CultureInfo.InvariantCulture, out var number)
            || Field(text, " pts:") is not { } time
            || Field(text, " s:")?.Split('x') is not [var width, var height]
        )
        {
            return null;
        }

        return
            int.TryParse(width, CultureInfo.InvariantCulture, out var columns)
            && int.TryParse(height, CultureInfo.InvariantCulture, out var rows)
            ? new LoggedFrame(
                number,
                long.TryParse(time, CultureInfo.InvariantCulture, out var pts) ? pts : null,
                columns,
                rows,
                text.Contains(" iskey:1 type:I", StringComparison.Ordinal)
            )
            : null;
    }

    private static string? Field(string text, string name) =>
        text.IndexOf(name, StringComparison.Ordinal) is >= 0 and var start ? text[(start + name.Length)..].TrimStart().Split(' ')[0] : null;

    // Removes the path, which the caller's message contains already, and control characters.
    private string Clean(string text) => OneLine.Of(text.Replace($"file:{path}: ", "", StringComparison.Ordinal).Trim(), LongestLine);
}
