using Tacit.Cli.Output;
using Tacit.Graphs;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary>Writes metrics as a CSV file (RFC 4180) with the columns stage, step and time, and one column for each metric.</summary>
internal static class MetricsTable
{
    /// <summary>Writes the file completely or not at all.</summary>
    /// <remarks>
    /// Metrics are sorted by name. A metric that a step does not have is an empty field. Times have the round-trip format of ISO 8601, and
    /// numbers enough digits to be read back exactly.
    /// </remarks>
    /// <param name="path">The path of the file. An existing file is overwritten.</param>
    /// <param name="run">The run.</param>
    public static void Write(string path, RunSnapshot run)
    {
        var names = run
            .Metrics.SelectMany(entry => entry.Values.Keys)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        AtomicFile.Write(
            path,
            stream =>
            {
                using var text = new StreamWriter(stream, leaveOpen: true) { NewLine = "\r\n" };
                text.WriteLine(string.Join(',', new[] { "stage", "step", "time" }.Concat(names).Select(Format.CsvField)));
                foreach (var entry in run.Metrics)
                {
                    var values = names.Select(name => entry.Values.TryGetValue(name, out var value) ? value.ToString("R") : "");
                    text.WriteLine(
                        string.Join(',', new[] { Format.CsvField(entry.Stage), $"{entry.Step}", entry.Time.ToString("O") }.Concat(values))
                    );
                }
            }
        );
    }
}
