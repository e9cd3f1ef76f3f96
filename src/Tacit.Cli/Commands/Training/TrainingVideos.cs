using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;

namespace Tacit.Cli.Commands.Training;

/// <summary>The videos of a training, and where their decoded frames are kept.</summary>
internal sealed record TrainingVideos
{
    /// <summary>The videos: a folder or a list.</summary>
    public required string Path { get; init; }

    /// <summary>How the set is read.</summary>
    public required VideoSetOptions Set { get; init; }

    /// <summary>The part of the set that is trained on; null for "train" where the set has one, else all of it.</summary>
    public string? Split { get; init; }

    /// <summary>The folder of the decoded videos.</summary>
    public required string Cache { get; init; }

    /// <summary>The most bytes that they may take; where they would take more, videos are decoded again and again.</summary>
    public long CacheSize { get; init; }

    /// <summary>The short side of decoded frames in pixels.</summary>
    public int ShortSide { get; init; }

    /// <summary>Opens them.</summary>
    /// <param name="set">The set that was read from <see cref="Path"/>.</param>
    /// <param name="maxUnreadable">The share of videos that may be unreadable.</param>
    /// <param name="progress">Is told how far it has come.</param>
    /// <param name="cancellation">Stops it.</param>
    public Task<OpenedVideos> OpenAsync(
        VideoSet set,
        double maxUnreadable,
        IProgress<StageProgress> progress,
        CancellationToken cancellation
    ) =>
        VideoStore.OpenAsync(
            set,
            Cache,
            CacheSize,
            new VideoCacheOptions { ShortSide = ShortSide, MaxBad = maxUnreadable },
            VideoSetOptionGroup.Translate(progress),
            cancellation
        );
}

/// <summary>What a training on videos was asked to do.</summary>
internal abstract record TrainingRequest : RunRequest
{
    /// <summary>The videos.</summary>
    public required TrainingVideos Videos { get; init; }

    /// <summary>The share of videos that may be unreadable.</summary>
    public abstract double MaxUnreadable();
}
