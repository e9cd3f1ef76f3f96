using System.Globalization;

namespace Tacit.Inference.Video;

// The CSV files of Kinetics: label (absent for the test part), youtube_id, time_start, time_end, split. A clip is looked for
// below the root, at any depth, by the names that the usual downloaders give it: ID_000010_000020.mp4, else ID.mp4.
internal static class KineticsList
{
    public static bool IsHeading(string line)
    {
        var columns = line.Split(',').Select(name => name.Trim().Trim('"')).ToList();
        return columns.Contains("youtube_id", StringComparer.OrdinalIgnoreCase)
            && columns.Contains("time_start", StringComparer.OrdinalIgnoreCase);
    }

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
