using System.Globalization;
using System.Text;
using System.Threading.Channels;

namespace Tacit.Inference.Video;

// A decoded frame as the filter showinfo logs it: its time in the stream's units, and its size.
internal readonly record struct LoggedFrame(long? Time, int Width, int Height);

// What a program says on standard error, read as it comes, so that it never blocks on a full pipe. Needs -loglevel level+….
internal sealed class FfmpegLog(string path)
{
    private const string Generic = "Invalid data found when processing input";
    private const int LongestLine = 300;
    private static readonly string[] Levels = ["panic", "fatal", "error", "warning", "info"];

    private readonly Channel<LoggedFrame> _frames = Channel.CreateUnbounded<LoggedFrame>(
        new UnboundedChannelOptions { SingleReader = true }
    );
    private string? _error;
    private string? _before;
    private bool _inError;

    // The frames that were logged and not yet taken; ends with the log.
    public ChannelReader<LoggedFrame> Frames => _frames.Reader;

    // Whether a demuxer met the end of the file too early.
    public bool IsTruncated { get; private set; }

    // The last error, in one line; the one before it too where the last says nothing. Complete when the log has ended.
    public string? LastError =>
        _error is null ? null
        : _error == Generic && _before is not null ? $"{_before}: {_error}"
        : _error;

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
            // The process was killed, and the pipe is gone.
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
        else if (_inError)
        {
            (_before, _error) = (_error, Clean(text));
            IsTruncated |=
                text.Contains("File ended prematurely", StringComparison.Ordinal)
                || text.EndsWith("partial file", StringComparison.Ordinal);
        }
        else if (source.StartsWith("Parsed_showinfo", StringComparison.Ordinal) && Frame(text) is { } frame)
        {
            _frames.Writer.TryWrite(frame);
        }
    }

    // "[source @ address] [level] text", the source being optional; the level is null where there is none.
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

    // "n:   0 pts:  15360 pts_time:1 … s:64x48 …"
    private static LoggedFrame? Frame(string text)
    {
        if (
            !text.StartsWith("n:", StringComparison.Ordinal)
            || Field(text, " pts:") is not { } time
            || Field(text, " s:")?.Split('x') is not [var width, var height]
        )
        {
            return null;
        }

        return
            int.TryParse(width, CultureInfo.InvariantCulture, out var columns)
            && int.TryParse(height, CultureInfo.InvariantCulture, out var rows)
            ? new LoggedFrame(long.TryParse(time, CultureInfo.InvariantCulture, out var pts) ? pts : null, columns, rows)
            : null;
    }

    private static string? Field(string text, string name) =>
        text.IndexOf(name, StringComparison.Ordinal) is >= 0 and var start ? text[(start + name.Length)..].TrimStart().Split(' ')[0] : null;

    // Without the path, which the message has already, and without control characters.
    private string Clean(string text)
    {
        text = text.Replace($"file:{path}: ", "", StringComparison.Ordinal);
        var line = new StringBuilder();
        foreach (var character in text.AsSpan(0, Math.Min(text.Length, LongestLine)))
        {
            line.Append(char.IsControl(character) ? ' ' : character);
        }

        return line.ToString().Trim();
    }
}
