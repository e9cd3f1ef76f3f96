using System.Collections.Immutable;
using Tacit.Graphs;

namespace Tacit.Inference.Video;

/// <summary>A video of a set.</summary>
/// <param name="Name">Its path below the set's folder, with "/" between folders; no other of the set has it.</param>
/// <param name="Path">The file.</param>
public sealed record VideoItem(string Name, string Path)
{
    /// <summary>Its class; null where none is known. Pretraining never uses it.</summary>
    public string? Label { get; init; }

    /// <summary>What it was cut from: videos of one source are never divided between training and test. Null: a source of its own.</summary>
    public string? Source { get; init; }

    /// <summary>
    /// The part of the set that it belongs to, such as "train" or "test"; null where the set has no parts. Kept in lower case,
    /// however a list writes it: "Train" is "train".
    /// </summary>
    public string? Split
    {
        get;
        init => field = value?.ToLowerInvariant();
    }
}

/// <summary>A list of videos. Reading one looks at names and lists only, never into a video. Immutable.</summary>
/// <example><code>
/// var set = VideoSet.Read("videos/");
/// var training = set.Choose(video => video.Split == "train");
/// </code></example>
public sealed class VideoSet
{
    /// <summary>A set of given videos.</summary>
    /// <param name="path">Where it comes from; what messages call it.</param>
    /// <param name="items">The videos, in any order.</param>
    /// <exception cref="InvalidDatasetException">There are none, or two have one name.</exception>
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

    /// <summary>The folder or list that it was read from.</summary>
    public string Path { get; }

    /// <summary>The form that it was read as; Auto where it was not read.</summary>
    public VideoSetKind Kind { get; private init; }

    /// <summary>The videos, in ordinal order of their names; at least one.</summary>
    public ImmutableArray<VideoItem> Items { get; }

    /// <summary>The number of listed videos that are not there; more than 0 only where that was allowed.</summary>
    public int Missing { get; private init; }

    /// <summary>The labels that occur, in ordinal order.</summary>
    public ImmutableArray<string> Classes =>
        [.. Items.Select(item => item.Label).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>Reads a set from a folder, a list or a single video.</summary>
    /// <remarks>
    /// In folders videos are known by the ends of their names; hidden files and folders are passed over; links are followed, and
    /// each real file is taken once. A folder is one of classes if every video lies in a folder of its own. Lists are UTF-8.
    /// </remarks>
    /// <exception cref="InvalidDatasetException">
    /// There is nothing at the path, or no video; a line cannot be read; a listed file is missing, or listed twice.
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

    /// <summary>Some of the videos.</summary>
    /// <exception cref="InvalidDatasetException">None is chosen.</exception>
    public VideoSet Choose(Func<VideoItem, bool> choose) => new(Path, Items.Where(choose)) { Kind = Kind };

    /// <summary>So many of the videos at most, evenly spaced over the set.</summary>
    /// <param name="most">At least 1.</param>
    public VideoSet Evenly(int most)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        return Items.Length <= most
            ? this
            : new VideoSet(Path, Enumerable.Range(0, most).Select(i => Items[(int)((long)i * Items.Length / most)])) { Kind = Kind };
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Items.Length} videos";
}
