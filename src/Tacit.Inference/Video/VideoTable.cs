namespace Tacit.Inference.Video;

// A CSV file with a heading: a column "file" (or "path" or "video"), and "label", "source" and "split" where it has them.
internal static class VideoTable
{
    private static readonly string[] FileColumns = ["file", "path", "video"];

    public static bool IsHeading(string line) => line.Split(',').Any(name => IsFileColumn(name.Trim().Trim('"')));

    public static IReadOnlyList<ListedVideo> Read(ListFile list)
    {
        var rows = CsvRows.Read(list).ToList();
        if (rows is not [var heading, .. var body])
        {
            return [];
        }

        var columns = new CsvColumns(list, heading);
        var file = heading.Fields.ToList().FindIndex(IsFileColumn);
        if (file < 0)
        {
            throw list.Invalid(heading.Line, "the heading has no column file");
        }

        return
        [
            .. body.Select(row => new ListedVideo(list, row.Line, columns.Required(row, file))
            {
                Label = columns.Find(row, "label"),
                Source = columns.Find(row, "source"),
                Split = columns.Find(row, "split"),
            }),
        ];
    }

    private static bool IsFileColumn(string name) => FileColumns.Contains(name, StringComparer.OrdinalIgnoreCase);
}

// Finds fields by the names in the heading.
internal sealed class CsvColumns(ListFile list, CsvRow heading)
{
    private readonly string[] _names = [.. heading.Fields.Select(name => name.ToLowerInvariant())];

    // Null: there is no such column, or the field is empty.
    public string? Find(CsvRow row, string name) =>
        IndexOf(name) is >= 0 and var column && Field(row, column) is { Length: > 0 } value ? value : null;

    public string Required(CsvRow row, int column) =>
        Field(row, column) is { Length: > 0 } value ? value : throw list.Invalid(row.Line, $"the column {heading.Fields[column]} is empty");

    public string Required(CsvRow row, string name) =>
        IndexOf(name) is >= 0 and var column
            ? Required(row, column)
            : throw list.Invalid(heading.Line, $"the heading has no column {name}");

    private string Field(CsvRow row, int column) =>
        row.Fields.Count == heading.Fields.Count
            ? row.Fields[column]
            : throw list.Invalid(row.Line, $"there are {row.Fields.Count} fields where the heading has {heading.Fields.Count}");

    private int IndexOf(string name) => Array.IndexOf(_names, name);
}
