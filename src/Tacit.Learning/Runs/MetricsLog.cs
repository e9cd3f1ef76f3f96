using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Tacit.Graphs;

namespace Tacit.Learning.Runs;

/// <summary>The metrics of one step.</summary>
/// <param name="Stage">The stage of the run.</param>
/// <param name="Step">The number of completed steps of the stage.</param>
/// <param name="Time">The time at which the entry was written.</param>
/// <param name="Values">The metrics by name. They may be infinite or NaN.</param>
public sealed record MetricsEntry(string Stage, long Step, DateTimeOffset Time, ImmutableSortedDictionary<string, double> Values);

/// <summary>The metrics of a run over time, stored as a file with one JSON object on each line.</summary>
/// <remarks>
/// An incomplete last line, left by a process that was killed, is removed on opening. An instance must be used by one thread at
/// a time.
/// </remarks>
/// <example>A line of the file: <c>{"stage":"training","step":100,"time":"2025-01-01T12:00:00+00:00","loss":0.25}</c></example>
public sealed class MetricsLog : IDisposable
{
    private const string StageProperty = "stage";
    private const string StepProperty = "step";
    private const string TimeProperty = "time";

    private readonly TimeProvider _time;
    private readonly FileStream _file;

    /// <summary>Opens a file for appending, and creates it if it does not exist.</summary>
    /// <param name="path">The file.</param>
    /// <param name="time">The clock for the times of the entries.</param>
    /// <exception cref="IOException">The file cannot be opened for writing.</exception>
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

    /// <summary>Appends the metrics of a step and flushes the file.</summary>
    /// <param name="stage">The stage of the run; not empty.</param>
    /// <param name="step">The number of completed steps of the stage.</param>
    /// <param name="values">The metrics by name. They may be infinite or NaN.</param>
    /// <exception cref="ArgumentException">A metric is named "stage", "step" or "time".</exception>
    /// <exception cref="IOException">
    /// The file cannot be written, for example because the disk is full. Existing entries are unchanged.
    /// </exception>
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

    /// <summary>Removes the first entry that a resumed run writes again, and all entries after it.</summary>
    /// <param name="done">
    /// Returns the step from which a resumed run continues a stage. Entries with a greater step are written again. It is called
    /// once for each stage.
    /// </param>
    /// <exception cref="InvalidFileException">A line is damaged.</exception>
    public void CutBackTo(Func<string, long> done)
    {
        ArgumentNullException.ThrowIfNull(done);
        var steps = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (entry, start) in ReadLines())
        {
            if (!steps.TryGetValue(entry.Stage, out var step))
            {
                steps.Add(entry.Stage, step = done(entry.Stage));
            }

            if (entry.Step > step)
            {
                Cut(start);
                return;
            }
        }
    }

    /// <summary>Reads all entries in the order in which they were written.</summary>
    /// <exception cref="InvalidFileException">A line is damaged.</exception>
    public ImmutableArray<MetricsEntry> Read() => [.. ReadLines().Select(line => line.Entry)];

    /// <summary>
    /// Reads the entries of a file that another process may be writing. The file is not locked or changed, and an incomplete
    /// last line is ignored.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidFileException">A line is damaged.</exception>
    /// <exception cref="IOException">The file does not exist or cannot be read.</exception>
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
