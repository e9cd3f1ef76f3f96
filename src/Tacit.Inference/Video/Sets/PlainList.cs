namespace Tacit.Inference.Video.Sets;

/// <summary>Reads a list with one path per line, optionally followed by a label.</summary>
/// <remarks>
/// The last word of a line is a label only if the text before it ends in a video extension and the whole line does not. Paths
/// may therefore contain spaces.
/// </remarks>
internal static class PlainList
{
    /// <summary>Reads all lines that are not blank.</summary>
    public static IReadOnlyList<ListedVideo> Read(ListFile list) => [.. list.Lines.Select(line => Read(list, line.Number, line.Text))];

    private static ListedVideo Read(ListFile list, int number, string line)
    {
        var cut = line.LastIndexOfAny([' ', '\t']);
        var labelled = cut > 0 && !VideoFileNames.IsVideo(line) && VideoFileNames.IsVideo(line[..cut].TrimEnd());
        return labelled
            ? new ListedVideo(list, number, line[..cut].TrimEnd()) { Label = line[(cut + 1)..] }
            : new ListedVideo(list, number, line);
    }
}
