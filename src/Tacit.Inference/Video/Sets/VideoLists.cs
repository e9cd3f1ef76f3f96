using Tacit.Graphs;

namespace Tacit.Inference.Video.Sets;

/// <summary>An entry of a list of videos.</summary>
/// <param name="List">The list.</param>
/// <param name="Line">The line of the entry, from 1.</param>
/// <param name="File">The path of the video as listed, relative to the root folder or absolute.</param>
internal sealed record ListedVideo(ListFile List, int Line, string File)
{
    /// <summary>The class; null if the list does not state it.</summary>
    public string? Label { get; init; }

    /// <summary>The recording that the video was cut from; null if the list does not state it.</summary>
    public string? Source { get; init; }

    /// <summary>The part of the set; null if the list does not state it.</summary>
    public string? Split { get; init; }
}

/// <summary>The entries of one or more lists.</summary>
/// <param name="Root">The full path of the folder that listed paths are relative to.</param>
/// <param name="Entries">The entries in list order; at least one.</param>
internal sealed record VideoLists(string Root, IReadOnlyList<ListedVideo> Entries)
{
    /// <summary>Reads a list, or a folder of lists.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="kind">The form of the list; not Auto and not a kind of folder of videos.</param>
    /// <param name="options">The root folder and the fold.</param>
    /// <param name="cancellationToken">Cancels the search for the files of Kinetics.</param>
    /// <exception cref="InvalidDatasetException">A list is missing or empty, or a line cannot be read.</exception>
    public static VideoLists Read(string path, VideoSetKind kind, VideoSetOptions options, CancellationToken cancellationToken)
    {
        var folder = Directory.Exists(path);
        var root = Path.GetFullPath(options.Root ?? (folder ? path : Path.GetDirectoryName(Path.GetFullPath(path))!));
        var entries = kind switch
        {
            VideoSetKind.Ucf101 => folder ? UcfList.ReadFolder(path, options.Fold) : UcfList.Read(ListFile.Read(path)),
            VideoSetKind.Hmdb51 => folder ? HmdbList.ReadFolder(path, options.Fold) : HmdbList.Read(ListFile.Read(path)),
            VideoSetKind.Csv => VideoTable.Read(ListFile.Read(folder ? Path.Combine(path, VideoSetDetection.ClipsName) : path)),
            VideoSetKind.Kinetics => KineticsList.Read(ListFile.Read(path), root, cancellationToken),
            _ => PlainList.Read(ListFile.Read(path)),
        };
        return entries.Count > 0
            ? new VideoLists(root, entries)
            : throw new InvalidDatasetException($"{path} lists no videos") { Path = path };
    }

    /// <summary>Finds the files of the entries.</summary>
    /// <param name="allowMissing">Whether entries without a file are left out instead of rejected.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The videos whose files exist, in list order.</returns>
    /// <exception cref="InvalidDatasetException">
    /// A file is listed twice, a file is missing although that is not allowed, or all are missing.
    /// </exception>
    public IReadOnlyList<VideoItem> Resolve(bool allowMissing, CancellationToken cancellationToken)
    {
        var taken = new Dictionary<string, ListedVideo>(StringComparer.Ordinal);
        List<VideoItem> items = [];
        List<(ListedVideo Entry, string Path)> missing = [];
        foreach (var entry in Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = Path.GetFullPath(entry.File, Root);
            if (!taken.TryAdd(path, entry))
            {
                var other = taken[path];
                throw entry.List.Invalid(
                    entry.Line,
                    $"{entry.File} is listed twice; it is on line {other.Line}{(other.List == entry.List ? "" : $" of {other.List.Path}")} already"
                );
            }

            if (File.Exists(path))
            {
                items.Add(
                    new VideoItem(NameOf(path), path)
                    {
                        Label = entry.Label,
                        Source = entry.Source,
                        Split = entry.Split,
                    }
                );
            }
            else
            {
                missing.Add((entry, path));
            }
        }

        return missing is [var (first, absent), ..] && (!allowMissing || items.Count == 0)
            ? throw Missing(first, absent, missing.Count)
            : items;
    }

    private InvalidDatasetException Missing(ListedVideo entry, string path, int count) =>
        count == Entries.Count && !VideoFileNames.IsVideo(entry.File) && entry.File.IndexOfAny(CsvRows.Separators) >= 0
            ? entry.List.Invalid(
                entry.Line,
                $"{OneLine.Of(entry.File)} is neither a video nor a heading; name the column of the paths file, path or video"
            )
            : Absent(entry, path, count);

    private InvalidDatasetException Absent(ListedVideo entry, string path, int count) =>
        entry.List.Invalid(
            entry.Line,
            $"there is no file {path}{(count > 1 ? $" (and {count - 1} of {Entries.Count} others are missing)" : "")}; give the folder that the list's paths start from, or allow files to be missing"
        );

    private string NameOf(string path)
    {
        var relative = Path.GetRelativePath(Root, path);
        var name = Path.IsPathRooted(relative) || relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
        return Path.DirectorySeparatorChar == '/' ? name : name.Replace(Path.DirectorySeparatorChar, '/');
    }
}
