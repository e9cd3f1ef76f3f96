using System.Globalization;
using Tacit.TestKit;

namespace Tacit.Bench;

/// <summary>A file of a pair of encoder and format. There is no result if ffmpeg does not write the pair.</summary>
internal sealed record VideoMatrixRow(string Encoder, string Muxer, string Kind, VideoWindows? Result)
{
    /// <summary>The kind of a file as ffmpeg wrote it.</summary>
    public const string AsWritten = "as written";
}

/// <summary>Writes the results of the video matrix as Markdown.</summary>
internal static class VideoMatrixTables
{
    /// <summary>Writes the tables and what is not equal.</summary>
    public static void Write(VideoMatrixRow[] rows)
    {
        Table("file", rows, row => row.Kind);
        Table("codec, as written", rows.Where(row => row.Kind == VideoMatrixRow.AsWritten), row => row.Encoder);
        Table("format, as written", rows.Where(row => row.Kind == VideoMatrixRow.AsWritten), row => row.Muxer);
        Table("codec, wrong key table", rows.Where(row => row.Kind != VideoMatrixRow.AsWritten), row => row.Encoder);
        Line("Refused, although ffmpeg reads frames:");
        Line("");
        foreach (
            var group in rows.Where(row => row.Result is { Refusal: not null, Expected: not 0 })
                .GroupBy(row => (row.Muxer, row.Kind, row.Result!.Refusal))
                .OrderBy(group => group.Key.Muxer, StringComparer.Ordinal)
        )
        {
            var names = string.Join(", ", group.Select(row => row.Encoder).Order(StringComparer.Ordinal));
            Line($"- {group.Key.Muxer}, {group.Key.Kind}: {group.Key.Refusal} ({names})");
        }

        Line("");
        Line("Not equal:");
        Line("");
        foreach (
            var row in rows.Where(row => row.Result is { Refusal: null, IsRight: false }).OrderBy(row => (row.Encoder, row.Muxer, row.Kind))
        )
        {
            var result = row.Result!;
            Line(
                $"- {row.Encoder} in {row.Muxer}, {row.Kind}: {result.Frames} frames of {result.Expected}, {result.Equal} of {result.Windows} windows"
            );
        }
    }

    private static void Table(string name, IEnumerable<VideoMatrixRow> rows, Func<VideoMatrixRow, string> key)
    {
        Line($"| {name} | files | windows | equal | refused | refused, and unreadable for ffmpeg |");
        Line("|---|---:|---:|---:|---:|---:|");
        foreach (var group in rows.GroupBy(key).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var results = group.Select(row => row.Result!).ToList();
            var refused = results.Where(result => result.Refusal is not null).ToList();
            var unreadable = refused.Count(result => result.Expected == 0);
            Line(
                $"| {group.Key} | {results.Count} | {results.Sum(result => result.Windows)} | {results.Sum(result => result.Equal)} | {refused.Count - unreadable} | {unreadable} |"
            );
        }

        Line("");
    }

    /// <summary>Writes a line in the invariant culture.</summary>
    public static void Line(FormattableString text) => Console.Out.WriteLine(text.ToString(CultureInfo.InvariantCulture));

    /// <summary>Writes a line.</summary>
    public static void Line(string text) => Console.Out.WriteLine(text);
}
