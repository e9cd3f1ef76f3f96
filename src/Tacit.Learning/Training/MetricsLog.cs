using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Tacit.Graphs;

namespace Tacit.Learning.Training;

/// <summary>The numbers of one step.</summary>
/// <param name="Stage">The stage of the run.</param>
/// <param name="Step">The number of steps of the stage that were done.</param>
/// <param name="Time">When it was written.</param>
/// <param name="Values">The numbers by name; they may be infinite or not a number.</param>
public sealed record MetricsEntry(string Stage, long Step, DateTimeOffset Time, ImmutableSortedDictionary<string, double> Values);

/// <summary>The curves of a run: a file with one JSON object on each line.</summary>
/// <remarks>A line that a killed process left unfinished at the end is dropped. An object serves one thread at a time.</remarks>
public sealed class MetricsLog : IDisposable
{
    private const string StageProperty = "stage";
    private const string StepProperty = "step";
    private const string TimeProperty = "time";

    private readonly TimeProvider _time;
    private readonly FileStream _file;

    /// <summary>Opens a file to go on with it; makes it where it is missing.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public MetricsLog(string path, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        _time = time;
        _file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            DropUnfinishedLine();
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Appends the numbers of a step.</summary>
    /// <exception cref="ArgumentException">A name is "stage", "step" or "time".</exception>
    /// <exception cref="IOException">The disk is full, say; what was there before is unchanged.</exception>
    public void Append(string stage, long step, IEnumerable<KeyValuePair<string, double>> values)
    {
        ArgumentException.ThrowIfNullOrEmpty(stage);
        ArgumentNullException.ThrowIfNull(values);
        using var line = new MemoryStream();
        using (var writer = new Utf8JsonWriter(line))
        {
            writer.WriteStartObject();
            writer.WriteString(StageProperty, stage);
            writer.WriteNumber(StepProperty, step);
            writer.WriteString(TimeProperty, _time.GetUtcNow());
            foreach (var (name, value) in values)
            {
                Write(writer, name, value);
            }

            writer.WriteEndObject();
        }

        line.WriteByte((byte)'\n');
        _file.Seek(0, SeekOrigin.End);
        line.WriteTo(_file);
        _file.Flush();
    }

    /// <summary>Drops every entry that is later than a step of a stage, so that a resumed run writes them again.</summary>
    /// <remarks>Later are greater steps of that stage, and other stages that come after it.</remarks>
    /// <exception cref="InvalidFileException">A line is damaged.</exception>
    public void CutBackTo(string stage, long step)
    {
        var reached = false;
        foreach (var (entry, start) in ReadLines())
        {
            var same = entry.Stage == stage;
            if (same ? entry.Step > step : reached)
            {
                Cut(start);
                return;
            }

            reached |= same;
        }
    }

    /// <summary>All entries, in the order in which they were written.</summary>
    /// <exception cref="InvalidFileException">A line is damaged.</exception>
    public ImmutableArray<MetricsEntry> Read() => [.. ReadLines().Select(line => line.Entry)];

    /// <summary>The entries of a file that another process may be writing: nothing is locked or changed.</summary>
    /// <remarks>A line at the end that is not finished yet is left out.</remarks>
    /// <exception cref="InvalidFileException">A line is damaged.</exception>
    /// <exception cref="IOException">The file is not there or cannot be read.</exception>
    public static ImmutableArray<MetricsEntry> Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var text = new MemoryStream();
        file.CopyTo(text);
        var whole = text.GetBuffer().AsMemory(0, (int)text.Length);
        return [.. ReadLines(whole[..(whole.Span.LastIndexOf((byte)'\n') + 1)], file.Name).Select(line => line.Entry)];
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static void Write(Utf8JsonWriter writer, string name, double value)
    {
        if (name is StageProperty or StepProperty or TimeProperty)
        {
            throw new ArgumentException($"the name {name} is taken");
        }

        if (double.IsFinite(value))
        {
            writer.WriteNumber(name, value);
        }
        else
        {
            writer.WriteString(name, value.ToString());
        }
    }

    private List<(MetricsEntry Entry, long Start)> ReadLines() => ReadLines(Contents(), _file.Name);

    private static List<(MetricsEntry Entry, long Start)> ReadLines(ReadOnlyMemory<byte> text, string path)
    {
        var lines = new List<(MetricsEntry, long)>();
        for (var start = 0; start < text.Length; )
        {
            var end = start + text.Span[start..].IndexOf((byte)'\n');
            lines.Add((Parse(text[start..end], path, lines.Count + 1, start), start));
            start = end + 1;
        }

        return lines;
    }

    private static MetricsEntry Parse(ReadOnlyMemory<byte> line, string path, int number, long start)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var values = json
                .RootElement.EnumerateObject()
                .Where(property => property.Name is not (StageProperty or StepProperty or TimeProperty))
                .ToImmutableSortedDictionary(property => property.Name, property => ToNumber(property.Value), StringComparer.Ordinal);
            return new MetricsEntry(
                json.RootElement.GetProperty(StageProperty).GetString()!,
                json.RootElement.GetProperty(StepProperty).GetInt64(),
                json.RootElement.GetProperty(TimeProperty).GetDateTimeOffset(),
                values
            );
        }
        catch (Exception e)
            when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException or ArgumentException)
        {
            throw new InvalidFileException(
                $"{path}, line {number}, is damaged: {Encoding.UTF8.GetString(line.Span[..Math.Min(40, line.Length)])}",
                e
            )
            {
                Path = path,
                Offset = start,
            };
        }
    }

    private static double ToNumber(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? double.Parse(value.GetString()!) : value.GetDouble();

    private byte[] Contents()
    {
        var text = new byte[_file.Length];
        _file.Seek(0, SeekOrigin.Begin);
        _file.ReadExactly(text);
        return text;
    }

    private void DropUnfinishedLine() => Cut(Contents().AsSpan().LastIndexOf((byte)'\n') + 1);

    private void Cut(long length)
    {
        if (_file.Length != length)
        {
            _file.SetLength(length);
            _file.Flush(flushToDisk: true);
        }
    }
}
