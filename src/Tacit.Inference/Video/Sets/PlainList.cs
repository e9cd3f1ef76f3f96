namespace Tacit.Inference.Video.Sets;

/// <summary>Reads a list with one path per line, optionally followed by a label.</summary>
/// <remarks>
/// A comma, a semicolon, a tab or a space may precede the label, and after a space it is the last word. There is a label only if
/// the text before it ends in a video extension and the whole line does not. Paths may therefore contain spaces and commas.
/// </remarks>
internal static class PlainList
{
    /// <summary>Reads all lines that are not blank.</summary>
    /// <exception cref="InvalidDatasetException">A line has more fields than a path and a label.</exception>
    public static IReadOnlyList<ListedVideo> Read(ListFile list) => [.. list.Lines.Select(line => Read(list, line.Number, line.Text))];

    private static ListedVideo Read(ListFile list, int number, string line)
    {
        if (VideoFileNames.IsVideo(line))
        {
            return new ListedVideo(list, number, line);
        }

        foreach (var separator in CsvRows.Separators)
        {
            string[] fields = [.. line.Split(separator).Select(field => field.Trim().Trim('"'))];
            if (fields.Length > 1 && VideoFileNames.IsVideo(fields[0]))
            {
                return fields.Length == 2
                    ? new ListedVideo(list, number, fields[0]) { Label = fields[1].Length > 0 ? fields[1] : null }
                    : throw list.Invalid(
                        number,
                        $"there are {fields.Length} fields and no heading that names them; begin the list with a line such as file,label,split"
                    );
            }
        }

        var cut = line.LastIndexOf(' ');
        return cut > 0 && VideoFileNames.IsVideo(line[..cut].TrimEnd())
            ? new ListedVideo(list, number, line[..cut].TrimEnd()) { Label = line[(cut + 1)..] }
            : new ListedVideo(list, number, line);
    }
}
