using Tacit.Cli.Hosting;
using Tacit.Cli.Options;
using Tacit.Cli.Output;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;

namespace Tacit.Cli.Commands.Training;

/// <summary>The videos of a training and the cache of their decoded frames, as stored in the request of a run.</summary>
internal sealed record TrainingVideos
{
    /// <summary>The full path of the set: a folder, a list or one video.</summary>
    public required string Path { get; init; }

    /// <summary>The options for reading the set.</summary>
    public required VideoSetOptions Set { get; init; }

    /// <summary>The part of the set to train on; null for "train" if the set has parts, otherwise the whole set.</summary>
    public string? Split { get; init; }

    /// <summary>The full path of the folder with decoded frames.</summary>
    public required string Cache { get; init; }

    /// <summary>The largest size of the cache in bytes. Videos of a larger set are decoded at each access.</summary>
    public long CacheSize { get; init; }

    /// <summary>The short side of decoded frames in pixels. Clips are cropped from these frames.</summary>
    public int ShortSide { get; init; }

    /// <summary>Opens the videos. Decodes new ones into the cache if the set fits into it.</summary>
    /// <param name="set">The set that was read from <see cref="Path"/>.</param>
    /// <param name="maxUnreadable">The share of videos, 0 to 1, that may be unreadable.</param>
    /// <param name="progress">Displays the progress.</param>
    /// <param name="cancellation">Cancels the decoding. Frames decoded so far are kept.</param>
    /// <exception cref="Inference.InvalidDatasetException">Too many videos are unreadable.</exception>
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

/// <summary>Base class of the requests of trainings on videos.</summary>
internal abstract record TrainingRequest : RunRequest
{
    /// <summary>The videos and their cache.</summary>
    public required TrainingVideos Videos { get; init; }

    /// <summary>Returns the share of videos, 0 to 1, that may be unreadable.</summary>
    public abstract double MaxUnreadable();
}
