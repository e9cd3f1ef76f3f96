using Tacit.Graphs;

namespace Tacit.Inference.Video;

// Tells from what lies at a path how a set of videos is given.
internal static class VideoSetDetection
{
    public const string ClipsName = "clips.csv";

    public static VideoSetKind KindOf(string path, CancellationToken cancellationToken) =>
        Directory.Exists(path) ? OfFolder(path, cancellationToken)
        : File.Exists(path) ? OfFile(path)
        : throw new InvalidDatasetException($"{path} does not exist; give a folder of videos or a list of them") { Path = path };

    private static VideoSetKind OfFolder(string path, CancellationToken cancellationToken)
    {
        if (File.Exists(Path.Combine(path, ClipsName)))
        {
            return VideoSetKind.Csv;
        }

        if (Directory.EnumerateFiles(path, "trainlist*.txt").Concat(Directory.EnumerateFiles(path, "testlist*.txt")).Any())
        {
            return VideoSetKind.Ucf101;
        }

        return Directory.EnumerateFiles(path, "*.txt").Any(file => HmdbList.NameOf(file) is not null) ? VideoSetKind.Hmdb51
            : VideoFolder.HasClassFolders(VideoFolder.Scan(path, cancellationToken)) ? VideoSetKind.ClassFolders
            : VideoSetKind.Folder;
    }

    private static VideoSetKind OfFile(string path)
    {
        if (VideoFolder.IsVideoName(path))
        {
            return VideoSetKind.Folder;
        }

        if (HmdbList.NameOf(path) is not null)
        {
            return VideoSetKind.Hmdb51;
        }

        var file = ListFile.Read(path);
        if (file.Lines.FirstOrDefault().Text is not { } first)
        {
            throw new InvalidDatasetException($"{path} lists no videos") { Path = path };
        }

        return KineticsList.IsHeading(first) ? VideoSetKind.Kinetics
            : VideoTable.IsHeading(first) ? VideoSetKind.Csv
            : file.Lines.All(line => UcfList.IsLine(line.Text)) ? VideoSetKind.Ucf101
            : VideoSetKind.List;
    }
}
