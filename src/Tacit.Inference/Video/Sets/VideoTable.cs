namespace Tacit.Inference.Video.Sets;

/// <summary>
/// Reads a CSV file with a heading: a column "file" (or "path" or "video"), and optionally "label", "source" and "split".
/// </summary>
internal static class VideoTable
{
    private static readonly string[] FileColumns = ["file", "path", "video"];

    /// <summary>Determines whether a line is the heading of such a file: it has one of the file columns.</summary>
    public static bool IsHeading(string line) => CsvRows.Heading(line).Any(IsFileColumn);

    /// <summary>Reads all rows. A file without rows produces an empty list.</summary>
    /// <exception cref="InvalidDatasetException">
    /// The heading has no file column, a row has another number of fields, or a file name is empty.
    /// </exception>
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

/// <summary>Finds the fields of a row by the names in the heading, ignoring case.</summary>
/// <param name="list">The file, for messages.</param>
/// <param name="heading">The first row.</param>
internal sealed class CsvColumns(ListFile list, CsvRow heading)
{
    private readonly string[] _names = [.. heading.Fields.Select(name => name.ToLowerInvariant())];

    /// <summary>The value of an optional column; null if the column does not exist or the field is empty.</summary>
    public string? Find(CsvRow row, string name) =>
        IndexOf(name) is >= 0 and var column && Field(row, column) is { Length: > 0 } value ? value : null;

    /// <summary>The value of a column given by its index.</summary>
    /// <exception cref="InvalidDatasetException">The field is empty.</exception>
    public string Required(CsvRow row, int column) =>
        Field(row, column) is { Length: > 0 } value ? value : throw list.Invalid(row.Line, $"the column {heading.Fields[column]} is empty");

    /// <summary>The value of a column given by its name.</summary>
    /// <exception cref="InvalidDatasetException">The column does not exist, or the field is empty.</exception>
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
