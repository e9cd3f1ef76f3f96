using System.Collections.Immutable;
using System.CommandLine;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Inference.Contracts;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;

namespace Tacit.Cli.Options;

/// <summary>The options for test videos: --cache and --clips.</summary>
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

    /// <summary>Adds the options to a command.</summary>
    public TestClipOptions(Command command)
    {
        command.Add(_cache);
        command.Add(_clips);
    }

    /// <summary>
    /// Returns the videos of a set with their labels, sources and parts, without opening them. Their sizes are placeholders. For checks
    /// before long work.
    /// </summary>
    public static ImmutableArray<StoredVideo> Unread(VideoSet set) =>
        [
            .. set.Items.Select(item => new StoredVideo(item.Name, 1, 1, 1, 1)
            {
                Label = item.Label,
                Source = item.Source,
                Split = item.Split,
            }),
        ];

    /// <summary>
    /// Returns the folder of decoded frames: that of --cache, or the shared one if an earlier training has filled it; otherwise null.
    /// </summary>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="set">The whole set, which determines the shared folder.</param>
    /// <param name="size">The side of the clips in pixels.</param>
    public string? Cache(ParseResult parsed, VideoSet set, int size) =>
        parsed.GetValue(_cache)
        ?? (
            SharedCache.Folder(set.Path, new VideoCacheOptions().For(size).ShortSide) is var shared
            && VideoCache.ShortSideIn(shared) is not null
                ? shared
                : null
        );

    /// <summary>
    /// Returns the number of clips of each video: --clips, or by default that of the network's metadata. Short videos have fewer.
    /// </summary>
    public int Count(ParseResult parsed, ClipPreprocessing preprocessing) => parsed.GetValue(_clips) ?? preprocessing.TestClips;

    /// <summary>Opens videos for reading frames.</summary>
    /// <param name="cache">The folder of decoded frames. Null decodes videos at each access.</param>
    /// <param name="set">The videos.</param>
    /// <param name="size">The side of the clips in pixels.</param>
    /// <param name="threads">The number of videos that are decoded at the same time; 0 for one per core.</param>
    /// <param name="progress">Displays the progress.</param>
    /// <param name="cancellation">Cancels the decoding.</param>
    /// <exception cref="UsageException">The frames in the cache are smaller than the clips.</exception>
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

    /// <summary>Returns the short side of the frames in a cache; null if there is no cache.</summary>
    private static int? ShortSideOf(string folder, int size) =>
        VideoCache.ShortSideIn(folder) is not { } shortSide ? null
        : shortSide >= size ? shortSide
        : throw new UsageException($"the frames in {folder} have a short side of {shortSide}, clips have {size}; give another folder");
}
