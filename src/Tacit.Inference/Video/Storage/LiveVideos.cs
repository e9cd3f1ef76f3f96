using System.Collections.Immutable;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Sets;

namespace Tacit.Inference.Video.Storage;

/// <summary>The frames of a set of videos, decoded from the files on every read instead of from a cache.</summary>
/// <remarks>
/// The frames equal those of a <see cref="VideoCache"/> with the same options, but reading is far slower. Each read decodes the
/// stretch from the first to the last requested frame; requested frames that are far apart are decoded as separate stretches.
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

    /// <summary>The videos of the set that could not be read and were left out, ordered by name.</summary>
    public ImmutableArray<UnreadableVideo> Unreadable { get; }

    /// <summary>Probes all videos of a set and opens those that can be read.</summary>
    /// <param name="set">The videos.</param>
    /// <param name="options">
    /// The size of the frames, the tolerance for unreadable videos and the parallelism; null for the defaults.
    /// </param>
    /// <param name="progress">Receives the number of videos probed.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="InvalidDatasetException">
    /// More videos are unreadable than <see cref="VideoCacheOptions.MaxBad"/> allows, or all are.
    /// </exception>
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
        FrameRequestValidation.Check(Videos, video, frames.Span);
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

    /// <summary>
    /// Opens a set and reuses known probe results. Videos that are not in <paramref name="known"/> are probed and added to it.
    /// </summary>
    /// <param name="set">The videos.</param>
    /// <param name="options">The size of the frames, the tolerance for unreadable videos and the parallelism.</param>
    /// <param name="progress">Receives the number of videos probed.</param>
    /// <param name="known">The probe results of earlier runs.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="InvalidDatasetException">
    /// More videos are unreadable than <see cref="VideoCacheOptions.MaxBad"/> allows, or all are.
    /// </exception>
    internal static async Task<LiveVideos> OpenAsync(
        VideoSet set,
        VideoCacheOptions options,
        IProgress<VideoSetProgress>? progress,
        VideoProbes known,
        CancellationToken cancellation
    )
    {
        var unreadable = new UnreadableVideos(set.Items.Length, options.MaxBad) { Path = set.Path };
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
                unreadable.Add(video.Item.Name, reason);
            }

            progress?.Report(new VideoSetProgress("probing", done, set.Items.Length, unreadable.Count));
        }
    }
}
