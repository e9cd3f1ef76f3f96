namespace Tacit.Inference.Video;

// A path a line; a word behind a path that ends as videos do is its label, so that paths may hold spaces.
internal static class PlainList
{
    public static IReadOnlyList<ListedVideo> Read(ListFile list) => [.. list.Lines.Select(line => Read(list, line.Number, line.Text))];

    private static ListedVideo Read(ListFile list, int number, string line)
    {
        var cut = line.LastIndexOfAny([' ', '\t']);
        var labelled = cut > 0 && !VideoFolder.IsVideoName(line) && VideoFolder.IsVideoName(line[..cut].TrimEnd());
        return labelled
            ? new ListedVideo(list, number, line[..cut].TrimEnd()) { Label = line[(cut + 1)..] }
            : new ListedVideo(list, number, line);
    }
}
