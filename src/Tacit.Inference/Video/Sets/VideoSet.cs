using System.Collections.Immutable;

namespace Tacit.Inference.Video.Sets;

/// <summary>A video of a set.</summary>
/// <param name="Name">The path relative to the folder of the set, with "/" between folders. Names are unique within a set.</param>
/// <param name="Path">The file.</param>
public sealed record VideoItem(string Name, string Path)
{
    /// <summary>The class; null if unknown. Pretraining never uses it.</summary>
    public string? Label { get; init; }

    /// <summary>
    /// The recording that the video was cut from. Videos of one source are kept on the same side of every division into
    /// training and test. Null if the video is its own source.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>
    /// The part of the set that the video belongs to, such as "train" or "test"; null if the set is not divided. The value is
    /// converted to lower case: "Train" becomes "train".
    /// </summary>
    public string? Split
    {
        get;
        init => field = value?.ToLowerInvariant();
    }
}

/// <summary>An immutable list of videos. Reading a set looks only at names and lists; no video is opened.</summary>
/// <example><code>
/// var set = VideoSet.Read("videos/");
/// var training = set.Choose(video => video.Split == "train");
/// </code></example>
public sealed class VideoSet
{
    /// <summary>Creates a set from given videos.</summary>
    /// <param name="path">The origin of the set, which messages refer to.</param>
    /// <param name="items">The videos, in any order.</param>
    /// <exception cref="InvalidDatasetException">There are no videos, or two have the same name.</exception>
    public VideoSet(string path, IEnumerable<VideoItem> items)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(items);
        Path = path;
        Items = [.. items.OrderBy(item => item.Name, StringComparer.Ordinal)];
        if (Items.IsEmpty)
        {
            throw new InvalidDatasetException($"{path} has no videos") { Path = path };
        }

        if (Items.Zip(Items.Skip(1)).FirstOrDefault(pair => pair.First.Name == pair.Second.Name) is { First: { } twice })
        {
            throw new InvalidDatasetException($"{path} has two videos named {twice.Name}") { Path = path };
        }
    }

    /// <summary>The folder or list that the set was read from.</summary>
    public string Path { get; }

    /// <summary>The form in which the set was read; <see cref="VideoSetKind.Auto"/> if it was created from given videos.</summary>
    public VideoSetKind Kind { get; private init; }

    /// <summary>The videos in ordinal order of their names; at least one.</summary>
    public ImmutableArray<VideoItem> Items { get; }

    /// <summary>
    /// The number of listed videos whose files do not exist. It is 0 unless <see cref="VideoSetOptions.AllowMissing"/> is set.
    /// </summary>
    public int Missing { get; private init; }

    /// <summary>The distinct labels in ordinal order; empty if the videos have none. Each call enumerates the whole set.</summary>
    public ImmutableArray<string> Classes =>
        [.. Items.Select(item => item.Label).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Reads a set from a folder, a list or a single video.</summary>
    /// <remarks>
    /// In folders, videos are recognised by their extensions. Hidden files and folders are skipped. Links are followed, and
    /// each real file is included once. A folder is read as classes if every video lies in a subfolder. Lists must be UTF-8.
    /// </remarks>
    /// <param name="path">A folder of videos, a folder of lists, a list or a video.</param>
    /// <param name="options">The form and the details of reading; null to detect the form.</param>
    /// <param name="cancellationToken">Cancels the search for files.</param>
    /// <exception cref="InvalidDatasetException">
    /// The path does not exist or has no videos, a line of a list cannot be read, or a listed file is missing or listed twice.
    /// </exception>
    public static VideoSet Read(string path, VideoSetOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new VideoSetOptions();
        if (options.Root is { } root && !Directory.Exists(root))
        {
            throw new InvalidDatasetException($"there is no folder {root}; give the folder of the videos that {path} lists")
            {
                Path = root,
            };
        }

        var kind = options.Kind == VideoSetKind.Auto ? VideoSetDetection.KindOf(path, cancellationToken) : options.Kind;
        if (kind is VideoSetKind.Folder or VideoSetKind.ClassFolders)
        {
            return new VideoSet(path, VideoFolder.Read(path, kind, cancellationToken)) { Kind = kind };
        }

        var listed = VideoLists.Read(path, kind, options, cancellationToken);
        var items = listed.Resolve(options.AllowMissing, cancellationToken);
        return new VideoSet(path, items) { Kind = kind, Missing = listed.Entries.Count - items.Count };
    }

    /// <summary>Returns the videos that satisfy a condition as a new set.</summary>
    /// <param name="choose">Returns true for the videos to keep.</param>
    /// <exception cref="InvalidDatasetException">No video satisfies the condition.</exception>
    public VideoSet Choose(Func<VideoItem, bool> choose) => new(Path, Items.Where(choose)) { Kind = Kind };

    /// <summary>Returns at most a given number of videos, evenly spaced over the set in the order of names.</summary>
    /// <param name="most">The maximum number of videos, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="most"/> is less than 1.</exception>
    public VideoSet Evenly(int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        return Items.Length <= most
            ? this
            : new VideoSet(Path, Enumerable.Range(0, most).Select(i => Items[(int)((long)i * Items.Length / most)])) { Kind = Kind };
    }

    /// <summary>Returns the path and the number of videos, such as "videos/: 120 videos".</summary>
    public override string ToString() => $"{Path}: {Items.Length} videos";
}
