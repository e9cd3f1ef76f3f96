using System.Globalization;

namespace Tacit.Inference.Video.Sets;

/// <summary>
/// Reads the CSV files of Kinetics, with the columns label (absent in the test part), youtube_id, time_start, time_end and
/// split.
/// </summary>
/// <remarks>
/// A clip is searched for below the root folder, at any depth, by the names that common downloaders use: ID_000010_000020.mp4
/// first, then ID.mp4, with any video extension.
/// </remarks>
internal static class KineticsList
{
    /// <summary>Determines whether a line is the heading of such a file: it has the columns youtube_id and time_start.</summary>
    public static bool IsHeading(string line)
    {
        var columns = CsvRows.Heading(line);
        return columns.Contains("youtube_id", StringComparer.OrdinalIgnoreCase)
            && columns.Contains("time_start", StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Reads a list and looks up the files of its clips.</summary>
    /// <param name="list">The CSV file.</param>
    /// <param name="root">The folder of the videos.</param>
    /// <param name="cancellationToken">Cancels the search for files.</param>
    /// <returns>An entry for each row. A clip without a file gets the name that the downloaders would give it.</returns>
    /// <exception cref="InvalidDatasetException">A column is missing, or a value is empty or not a number.</exception>
    public static IReadOnlyList<ListedVideo> Read(ListFile list, string root, CancellationToken cancellationToken)
    {
        var rows = CsvRows.Read(list).ToList();
        if (rows is not [var heading, .. var body])
        {
            return [];
        }

        var columns = new CsvColumns(list, heading);
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var item in VideoFolder.Scan(root, cancellationToken).OrderBy(item => item.Name, StringComparer.Ordinal))
        {
            files.TryAdd(Path.GetFileNameWithoutExtension(item.Name), item.Path);
        }

        return
        [
            .. body.Select(row =>
            {
                var id = columns.Required(row, "youtube_id");
                var clip = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{id}_{Seconds(row, "time_start"):000000}_{Seconds(row, "time_end"):000000}"
                );
                var file = files.GetValueOrDefault(clip) ?? files.GetValueOrDefault(id) ?? clip + ".mp4";
                return new ListedVideo(list, row.Line, file)
                {
                    Label = columns.Find(row, "label"),
                    Source = id,
                    Split = columns.Find(row, "split"),
                };
            }),
        ];

        double Seconds(CsvRow row, string column) =>
            double.TryParse(columns.Required(row, column), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
                ? Math.Floor(seconds)
                : throw list.Invalid(row.Line, $"{column} is {columns.Required(row, column)}, not a number of seconds");
    }
}
