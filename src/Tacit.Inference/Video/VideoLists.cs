using Tacit.Graphs;

namespace Tacit.Inference.Video;

// A video as a list names it.
internal sealed record ListedVideo(ListFile List, int Line, string File)
{
    public string? Label { get; init; }

    public string? Source { get; init; }

    public string? Split { get; init; }
}

// What lists name, and the folder that their paths start from.
internal sealed record VideoLists(string Root, IReadOnlyList<ListedVideo> Entries)
{
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

    // The videos that are there.
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
