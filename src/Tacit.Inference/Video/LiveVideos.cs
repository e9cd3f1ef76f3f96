using System.Collections.Immutable;
using Tacit.Graphs;

namespace Tacit.Inference.Video;

/// <summary>The frames of a set of videos without a cache: decoded from the files whenever they are read.</summary>
/// <remarks>
/// Gives the frames that a <see cref="VideoCache"/> of the same options gives, far more slowly. Each read decodes the stretch from the
/// first to the last frame asked for; where frames lie far apart, several stretches.
/// </remarks>
public sealed class LiveVideos : IFrameStore
{
    private readonly ImmutableArray<VideoInfo> _infos;
    private readonly LiveFrames _frames;
    private readonly SemaphoreSlim _slots;

    private LiveVideos(
        IReadOnlyList<(VideoItem Item, VideoInfo Info)> videos,
        ImmutableArray<UnreadableVideo> unreadable,
        VideoCacheOptions options
    )
    {
        _frames = new LiveFrames(options);
        _slots = new SemaphoreSlim(options.Parallelism);
        _infos = [.. videos.Select(video => video.Info)];
        Videos = [.. videos.Select(video => _frames.Describe(video.Item, video.Info))];
        Unreadable = unreadable;
    }

    /// <inheritdoc/>
    public ImmutableArray<StoredVideo> Videos { get; }

    /// <summary>The videos of the set that could not be read and were left out.</summary>
    public ImmutableArray<UnreadableVideo> Unreadable { get; }

    /// <summary>Probes the videos of a set.</summary>
    /// <exception cref="InvalidDatasetException">Too many videos cannot be read, or all.</exception>
    public static Task<LiveVideos> OpenAsync(
        VideoSet set,
        VideoCacheOptions? options = null,
        IProgress<VideoSetProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(set);
        return OpenAsync(set, options ?? new VideoCacheOptions(), progress, new VideoProbes(), cancellation);
    }

    /// <inheritdoc/>
    public async ValueTask<VideoFrames> ReadAsync(int video, ReadOnlyMemory<int> frames, CancellationToken cancellation)
    {
        FrameRequest.Check(Videos, video, frames.Span);
        await _slots.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return await _frames.ReadAsync(_infos[video], frames, cancellation).ConfigureAwait(false);
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _slots.Dispose();

    internal static async Task<LiveVideos> OpenAsync(
        VideoSet set,
        VideoCacheOptions options,
        IProgress<VideoSetProgress>? progress,
        VideoProbes known,
        CancellationToken cancellation
    )
    {
        var unreadable = new UnreadableVideos(set, options.MaxBad);
        var probed = await ProbedVideo
            .ProbeAsync(set.Items, options.Ffmpeg, options.Parallelism, Report, known, cancellation)
            .ConfigureAwait(false);
        return new LiveVideos(
            [.. probed.Where(video => video.Info is not null).Select(video => (video.Item, video.Info!))],
            unreadable.InOrder,
            options
        );

        void Report(ProbedVideo video, int done)
        {
            if (video.Reason is { } reason)
            {
                unreadable.Add(video.Item, reason);
            }

            progress?.Report(new VideoSetProgress("probing", done, set.Items.Length, unreadable.Count));
        }
    }
}
