namespace Tacit.Inference.Video.Sets;

/// <summary>Detects the form of a set of videos from the files at a path.</summary>
internal static class VideoSetDetection
{
    /// <summary>The name of the CSV file that describes the videos of a folder.</summary>
    public const string ClipsName = "clips.csv";

    /// <summary>
    /// Detects the form. In a folder: clips.csv, then lists of UCF-101, lists of HMDB-51, class folders, any videos. A file is
    /// recognised by its name and contents.
    /// </summary>
    /// <param name="path">The folder or file.</param>
    /// <param name="cancellationToken">Cancels the search for files.</param>
    /// <returns>A value other than <see cref="VideoSetKind.Auto"/>.</returns>
    /// <exception cref="InvalidDatasetException">The path does not exist, or the file is empty or cannot be read.</exception>
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
        if (VideoFileNames.IsVideo(path) || ListFile.IsBinary(path))
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
