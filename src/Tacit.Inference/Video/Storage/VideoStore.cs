using System.Collections.Immutable;
using Tacit.Inference.Video.Sets;

namespace Tacit.Inference.Video.Storage;

/// <summary>An open set of videos and what was left out of it.</summary>
/// <param name="Store">The frames: a <see cref="VideoCache"/> or <see cref="LiveVideos"/>.</param>
/// <param name="Unreadable">The videos that could not be read, ordered by name.</param>
/// <param name="CacheBytes">The size of the complete cache in bytes; 0 if no cache was requested.</param>
public sealed record OpenedVideos(IFrameStore Store, ImmutableArray<UnreadableVideo> Unreadable, long CacheBytes) : IDisposable
{
    /// <summary>Closes the store.</summary>
    public void Dispose() => Store.Dispose();
}

/// <summary>Opens a set of videos from a cache if the cache is small enough, otherwise directly from the files.</summary>
public static class VideoStore
{
    /// <summary>Opens a set. A missing or incomplete cache is built first; if another process is building it, the call waits.</summary>
    /// <param name="set">The videos.</param>
    /// <param name="cacheFolder">
    /// The folder of the cache; null to decode the files directly. If the cache would be too large, the folder keeps the probe
    /// results, which makes opening the set again fast.
    /// </param>
    /// <param name="largestCache">
    /// The maximum size of the cache in bytes. A larger cache is not built, and videos are decoded when they are read. Default:
    /// no limit.
    /// </param>
    /// <param name="options">
    /// The size of the frames, the tolerance for unreadable videos and the parallelism; null for the defaults.
    /// </param>
    /// <param name="progress">Receives the number of videos probed and frames decoded.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>The open videos, which the caller disposes.</returns>
    /// <exception cref="InvalidDatasetException">
    /// Too many videos are unreadable, or <see cref="VideoCache.BuildAsync"/> would reject the folder.
    /// </exception>
    /// <exception cref="IOException">The disk is full or cannot be written.</exception>
    /// <example><code>
    /// using var opened = await VideoStore.OpenAsync(VideoSet.Read("videos/"), "cache/", largestCache: 20_000_000_000);
    /// var frames = await opened.Store.ReadAsync(0, new[] { 0, 1, 2, 3 }, CancellationToken.None);
    /// </code></example>
    public static async Task<OpenedVideos> OpenAsync(
        VideoSet set,
        string? cacheFolder,
        long largestCache = long.MaxValue,
        VideoCacheOptions? options = null,
        IProgress<VideoSetProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentOutOfRangeException.ThrowIfNegative(largestCache);
        options ??= new VideoCacheOptions();
        if (cacheFolder is null || largestCache == 0)
        {
            var none = await LiveVideos.OpenAsync(set, options, progress, cancellation).ConfigureAwait(false);
            return new OpenedVideos(none, none.Unreadable, 0);
        }

        var folder = new VideoCacheFolder(cacheFolder);
        var known = folder.ReadProbes();
        var (plan, cache) = await new VideoCacheBuilder(set, folder, options, progress)
            .RunAsync(largestCache, known, cancellation)
            .ConfigureAwait(false);
        if (cache is not null)
        {
            return new OpenedVideos(cache, cache.Unreadable, plan.Bytes);
        }

        var live = await LiveVideos.OpenAsync(set, options, progress, known, cancellation).ConfigureAwait(false);
        folder.Keep(known);
        return new OpenedVideos(live, live.Unreadable, plan.Bytes);
    }
}
