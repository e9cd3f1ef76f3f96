using System.Collections.Immutable;
using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Inference.Contracts;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;

namespace Tacit.Cli.Options;

/// <summary>How the videos that a network is judged by are read, and how many clips of each it sees: --cache, --clips.</summary>
internal sealed class TestClipOptions
{
    private readonly Option<string?> _cache = new("--cache")
    {
        Description = "Keep decoded frames in this folder for later commands. [default: frames that a training kept, if any]",
        HelpName = "FOLDER",
    };
    private readonly Option<int?> _clips = Numbers.OptionalInteger(
        "--clips",
        1,
        1000,
        "Number of evenly spaced clips of each video. [default: from the network's file, else 10]"
    );

    public TestClipOptions(Command command)
    {
        command.Add(_cache);
        command.Add(_clips);
    }

    /// <summary>What lists and folders say of the videos, before any is opened.</summary>
    public static ImmutableArray<StoredVideo> Unread(VideoSet set) =>
        [
            .. set.Items.Select(item => new StoredVideo(item.Name, 1, 1, 1, 1)
            {
                Label = item.Label,
                Source = item.Source,
                Split = item.Split,
            }),
        ];

    /// <summary>The folder of decoded frames, which are those of the whole set: what was named, else what a training has left; null for none.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="set">The whole set.</param>
    /// <param name="size">The side of the clips in pixels.</param>
    public string? Cache(ParseResult parsed, VideoSet set, int size) =>
        parsed.GetValue(_cache)
        ?? (
            SharedCache.Folder(set.Path, new VideoCacheOptions().For(size).ShortSide) is var shared
            && VideoCache.ShortSideIn(shared) is not null
                ? shared
                : null
        );

    /// <summary>The most clips of a video.</summary>
    public int Count(ParseResult parsed, ClipPreprocessing preprocessing) => parsed.GetValue(_clips) ?? preprocessing.TestClips;

    /// <summary>Opens the videos.</summary>
    /// <param name="cache">Their cache; null for none.</param>
    /// <param name="set">The videos.</param>
    /// <param name="size">The side of the clips in pixels.</param>
    /// <param name="threads">Number of videos decoded in parallel; 0 for one per core.</param>
    /// <param name="progress">Is told how far it has come.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="UsageException">The frames in the cache are too small for the clips.</exception>
    public static Task<OpenedVideos> OpenAsync(
        string? cache,
        VideoSet set,
        int size,
        int threads,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    )
    {
        var options = new VideoCacheOptions().For(size);
        if (cache is not null && ShortSideOf(cache, size) is { } shortSide)
        {
            options = options with { ShortSide = shortSide };
        }

        if (threads > 0)
        {
            options = options with { Parallelism = threads };
        }

        return VideoStore.OpenAsync(
            set,
            cache ?? ".",
            cache is null ? 0 : long.MaxValue,
            options,
            VideoSetOptionGroup.Translate(progress),
            cancellation
        );
    }

    // That of a cache that is there; null where none is.
    private static int? ShortSideOf(string folder, int size) =>
        VideoCache.ShortSideIn(folder) is not { } shortSide ? null
        : shortSide >= size ? shortSide
        : throw new UsageException($"the frames in {folder} have a short side of {shortSide}, clips have {size}; give another folder");
}
