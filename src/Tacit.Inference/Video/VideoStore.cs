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
    /// <param name="cacheFolder">
    /// The folder of the cache; null: never a cache. Where the cache would take too much, the folder keeps what probing found, so
    /// that opening the videos again is quick.
    /// </param>
    /// <param name="largestCache">The most bytes that the cache may take; where it would take more, videos are decoded as they are read. Default: whatever it takes.</param>
    /// <param name="options">How frames are made.</param>
    /// <param name="progress">Is told how far it has come.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="Tacit.Graphs.InvalidDatasetException">As for <see cref="VideoCache.BuildAsync"/>.</exception>
    /// <exception cref="IOException">The disk is full or cannot be written.</exception>
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
