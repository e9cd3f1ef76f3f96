using System.Text.RegularExpressions;
using Tacit.Inference.Images;

namespace Tacit.Inference.Video.Sets;

/// <summary>
/// Finds the videos in a folder, at any depth. Each real file is returned once, under its real name if that lies below the
/// folder.
/// </summary>
internal static partial class VideoFolder
{
    private static readonly string[] Parts = ["train", "val", "validation", "test"];

    /// <summary>Reads a folder of videos, or a single video.</summary>
    /// <param name="path">The folder, or a video if <paramref name="kind"/> is <see cref="VideoSetKind.Folder"/>.</param>
    /// <param name="kind">
    /// <see cref="VideoSetKind.Folder"/> for videos without labels, or <see cref="VideoSetKind.ClassFolders"/> to take the
    /// labels from the folders.
    /// </param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <exception cref="InvalidDatasetException">
    /// The folder does not exist, cannot be read or has no videos; or a video lies outside the class folders.
    /// </exception>
    public static IReadOnlyList<VideoItem> Read(string path, VideoSetKind kind, CancellationToken cancellationToken)
    {
        if (File.Exists(path) && kind == VideoSetKind.Folder)
        {
            return [new VideoItem(Path.GetFileName(path), path)];
        }

        if (!Directory.Exists(path))
        {
            throw new InvalidDatasetException(File.Exists(path) ? $"{path} is not a folder" : $"there is no folder {path}") { Path = path };
        }

        var items = Scan(path, cancellationToken);
        if (items.Count == 0)
        {
            var images = FolderContents.Has(path, ImageDecoder.IsImageName) ? "images but " : "";
            throw new InvalidDatasetException($"{path} has {images}no videos (.mp4, .avi, .mkv, .mov, .webm, …)") { Path = path };
        }

        return kind == VideoSetKind.Folder ? items : Labelled(path, items);
    }

    /// <summary>Determines whether every video lies in a subfolder, so that the folders can be classes.</summary>
    public static bool HasClassFolders(IReadOnlyList<VideoItem> items) =>
        items.Count > 0 && items.All(item => item.Name.Contains('/', StringComparison.Ordinal));

    /// <summary>
    /// Finds all videos below a folder. Hidden entries and the folder __MACOSX are skipped. Links are followed after everything
    /// else, so that a class is not named after a link to it.
    /// </summary>
    /// <param name="root">The folder.</param>
    /// <param name="cancellationToken">Cancels the search.</param>
    /// <returns>The videos in no particular order; empty if there are none.</returns>
    /// <exception cref="InvalidDatasetException">A folder cannot be read.</exception>
    public static List<VideoItem> Scan(string root, CancellationToken cancellationToken)
    {
        // Links are followed after all real files and folders, so that a class is not named after a link to it.
        var (folders, links) = (new Queue<(string Path, string Prefix)>([(root, "")]), new Queue<(string Path, string Prefix)>());
        var (visited, taken) = (new HashSet<string>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
        List<VideoItem> items = [],
            linked = [];
        while (folders.TryDequeue(out var folder) || links.TryDequeue(out folder))
        {
            var real = RealPath.Of(folder.Path);
            if (!visited.Add(real))
            {
                continue;
            }

            foreach (var entry in Entries(folder.Path, root).Where(entry => !entry.Name.StartsWith('.') && entry.Name != "__MACOSX"))
            {
                cancellationToken.ThrowIfCancellationRequested();
                var (isLink, path) = (entry.LinkTarget is not null, Path.Combine(folder.Path, entry.Name));
                if (entry is DirectoryInfo)
                {
                    (isLink ? links : folders).Enqueue((path, folder.Prefix + entry.Name + "/"));
                }
                else if (VideoFileNames.IsVideo(entry.Name))
                {
                    (isLink ? linked : items).Add(new VideoItem(folder.Prefix + entry.Name, path));
                    _ = isLink || taken.Add(Path.Combine(real, entry.Name));
                }
            }
        }

        items.AddRange(linked.OrderBy(item => item.Name, StringComparer.Ordinal).Where(item => taken.Add(RealPath.Of(item.Path))));
        return items;
    }

    /// <summary>
    /// The group of a UCF-101 clip such as "v_Class_g07_c02.avi". All clips of a group were cut from one of the 25 recordings
    /// of a class.
    /// </summary>
    /// <param name="label">The class.</param>
    /// <param name="file">The file name.</param>
    /// <returns>The source, such as "Class/g07"; null if the name has another form.</returns>
    public static string? UcfSource(string label, string file) =>
        UcfName().Match(file) is { Success: true } match ? $"{label}/g{match.Groups["group"].Value}" : null;

    private static List<VideoItem> Labelled(string path, List<VideoItem> items)
    {
        if (items.Find(item => !item.Name.Contains('/', StringComparison.Ordinal)) is { } loose)
        {
            throw new InvalidDatasetException($"{path} has {loose.Name} outside the class folders; put it into one of them")
            {
                Path = path,
            };
        }

        var names = items.ConvertAll(item => item.Name.Split('/'));
        var parts = names.TrueForAll(name => name.Length > 2 && Parts.Contains(name[0], StringComparer.OrdinalIgnoreCase));
        return
        [
            .. items.Zip(
                names,
                (item, name) =>
                {
                    var label = parts ? name[1] : name[0];
                    return item with { Label = label, Split = parts ? name[0] : null, Source = UcfSource(label, name[^1]) };
                }
            ),
        ];
    }

    private static List<FileSystemInfo> Entries(string folder, string root)
    {
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDatasetException($"the folder {folder} cannot be read: {exception.Message}", exception) { Path = root };
        }
    }

    [GeneratedRegex(
        @"^v_.+_g(?<group>\d+)_c\d+\.\w+$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex UcfName();
}
