using System.Collections.Immutable;

namespace Tacit.Inference.Video;

/// <summary>The frames of a set, and what was left out.</summary>
/// <param name="Store">The frames: a <see cref="VideoCache"/> or <see cref="LiveVideos"/>.</param>
/// <param name="Unreadable">The videos that could not be read.</param>
/// <param name="CacheBytes">What a cache takes on disk, estimated; 0 where none was wanted.</param>
public sealed record OpenedVideos(IFrameStore Store, ImmutableArray<UnreadableVideo> Unreadable, long CacheBytes) : IDisposable
{
    /// <summary>Closes the store.</summary>
    public void Dispose() => Store.Dispose();
}

/// <summary>Opens a set of videos from a cache where there is room for one, else from the files.</summary>
public static class VideoStore
{
    /// <summary>Opens a set; builds its cache or goes on building it if need be, and waits while another process does.</summary>
    /// <param name="set">The videos.</param>
    /// <param name="cacheFolder">The folder of the cache; null: never a cache.</param>
    /// <param name="largestCache">The most bytes that the cache may take; where it would take more, videos are decoded as they are read. Default: whatever it takes.</param>
    /// <param name="options">How frames are made.</param>
    /// <param name="progress">Is told how far it has come.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="Tacit.Graphs.InvalidDatasetException">As for <see cref="VideoCache.BuildAsync"/>.</exception>
    /// <exception cref="IOException">The disk is full or cannot be written.</exception>
    public static async Task<OpenedVideos> OpenAsync(
        VideoSet set, string? cacheFolder, long largestCache = long.MaxValue, VideoCacheOptions? options = null, IProgress<VideoSetProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentOutOfRangeException.ThrowIfNegative(largestCache);
        options ??= new VideoCacheOptions();
        var bytes = 0L;
        if (cacheFolder is not null && largestCache > 0)
        {
            var (plan, cache) = await new VideoCacheBuilder(set, new VideoCacheFolder(cacheFolder), options, progress).RunAsync(largestCache, cancellation).ConfigureAwait(false);
            bytes = plan.Bytes;
            if (cache is not null)
            {
                return new OpenedVideos(cache, cache.Unreadable, bytes);
            }

            if (plan.Videos.All(video => video.Info is not null))
            {
                // All were probed just now.
                var unreadable = plan.Unreadable.InOrder;
                return new OpenedVideos(new LiveVideos([.. plan.Videos.Select(video => (video.Item, video.Info!))], unreadable, options), unreadable, bytes);
            }
        }

        var live = await LiveVideos.OpenAsync(set, options, progress, cancellation).ConfigureAwait(false);
        return new OpenedVideos(live, live.Unreadable, bytes);
    }
}
