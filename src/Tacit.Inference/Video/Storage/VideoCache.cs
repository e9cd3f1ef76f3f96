using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Sets;

namespace Tacit.Inference.Video.Storage;

/// <summary>The frames of a set of videos on disk: decoded once, scaled down and mapped into memory.</summary>
/// <remarks>
/// <para>
/// The folder contains the index <c>cache.json</c>, which is written last, and one file for each video in <c>frames/</c>: a
/// header of 64 bytes, then height x width x 3 bytes for each frame. A frame of 128 x 224 pixels takes 86 kB; a cache is about
/// fifty times the size of the compressed videos.
/// </para>
/// <para>
/// Reading a frame is a copy without locks. Any number of processes can read a cache at a time. One process builds it while the
/// others wait. The frames of an open cache are not removed.
/// </para>
/// </remarks>
/// <example><code>
/// using var cache = await VideoCache.BuildAsync(VideoSet.Read("videos/"), "cache/");
/// var clip = await cache.ReadAsync(0, new[] { 0, 2, 4, 6 }, CancellationToken.None);
/// </code></example>
public sealed class VideoCache : IFrameStore
{
    private const int MostMaps = 32_768;

    private readonly VideoCacheIndex _index;
    private readonly FrameFile?[] _files;
    private readonly IDisposable _reading;
    private int _maps;
    private bool _disposed;

    /// <summary>Opens a cache whose index has been verified.</summary>
    /// <param name="folder">The folder of the cache.</param>
    /// <param name="index">The index.</param>
    /// <param name="decoded">The number of videos that were decoded to build it.</param>
    /// <param name="reading">The lock that keeps the frames from being removed; disposed together with the cache.</param>
    internal VideoCache(string folder, VideoCacheIndex index, int decoded, IDisposable reading)
    {
        Folder = folder;
        Decoded = decoded;
        _index = index;
        _reading = reading;
        _files = new FrameFile?[index.Videos.Length];
        Videos = [.. index.Videos.Select(video => video.ToStored())];
    }

    /// <summary>The folder of the cache, as it was given.</summary>
    public string Folder { get; }

    /// <inheritdoc/>
    public ImmutableArray<StoredVideo> Videos { get; }

    /// <summary>The videos of the set that could not be read and were left out, ordered by name.</summary>
    public ImmutableArray<UnreadableVideo> Unreadable => _index.Unreadable;

    /// <summary>The length of the shorter side of the frames in pixels. Videos that were smaller keep their size.</summary>
    public int ShortSide => _index.ShortSide;

    /// <summary>The size of the files of frames on disk, in bytes.</summary>
    public long Bytes => _index.Videos.Sum(video => video.Header.FileBytes);

    /// <summary>
    /// The number of videos that <see cref="BuildAsync"/> had to decode; the others were in the folder already. 0 for a cache
    /// that was opened with <see cref="Open"/>.
    /// </summary>
    public int Decoded { get; }

    /// <summary>Decodes the videos that are not in the folder yet, and opens the cache.</summary>
    /// <remarks>
    /// <para>
    /// The operation can be interrupted at any time, even by killing the process: videos that are complete are kept, and the
    /// next call continues with the others.
    /// </para>
    /// <para>
    /// A video is decoded again if the size or the time of the last change of its file differs. Frames of videos that the set
    /// no longer contains are removed as soon as no process has the cache open.
    /// </para>
    /// <para>
    /// If another process is building the cache, the call waits for it. A folder with the cache of another set (a different
    /// path and different names) or of another short side is rejected, unless <see cref="VideoCacheOptions.Replace"/> is set.
    /// </para>
    /// </remarks>
    /// <param name="set">The videos.</param>
    /// <param name="folder">The folder of the cache: a new or empty folder, or a complete or partial cache of this set.</param>
    /// <param name="options">
    /// The size of the frames, the tolerance for unreadable videos and the parallelism; null for the defaults.
    /// </param>
    /// <param name="progress">Receives the number of videos probed and frames decoded.</param>
    /// <param name="cancellation">Cancels the operation. Videos that are complete are kept.</param>
    /// <returns>The open cache, which the caller disposes.</returns>
    /// <exception cref="InvalidDatasetException">
    /// More videos are unreadable than <see cref="VideoCacheOptions.MaxBad"/> allows, or all are; or the folder holds other
    /// files, or the cache of another set or short side.
    /// </exception>
    /// <exception cref="IOException">The disk is full or cannot be written. Videos that are complete are kept.</exception>
    public static async Task<VideoCache> BuildAsync(
        VideoSet set,
        string folder,
        VideoCacheOptions? options = null,
        IProgress<VideoSetProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new VideoCacheOptions();
        var (_, cache) = await new VideoCacheBuilder(set, new VideoCacheFolder(folder), options, progress)
            .RunAsync(long.MaxValue, new VideoProbes(), cancellation)
            .ConfigureAwait(false);
        return cache!;
    }

    /// <summary>Checks that <see cref="BuildAsync"/> would accept a folder. No video is opened and nothing is changed.</summary>
    /// <param name="set">The videos.</param>
    /// <param name="folder">The folder of the cache.</param>
    /// <param name="options">The short side, and whether another cache may be replaced; null for the defaults.</param>
    /// <exception cref="InvalidDatasetException">
    /// The folder is a file, or holds other files or the cache of another set or short side.
    /// </exception>
    public static void Check(VideoSet set, string folder, VideoCacheOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        new VideoCacheFolder(folder).Check(set, options ?? new VideoCacheOptions());
    }

    /// <summary>Reads the short side of the complete or partial cache in a folder.</summary>
    /// <param name="folder">The folder of the cache.</param>
    /// <returns>The short side in pixels; null if the folder has no readable cache.</returns>
    public static int? ShortSideIn(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return new VideoCacheFolder(folder).Contents()?.ShortSide;
    }

    /// <summary>Computes the size of the cache of a set on disk. The videos are probed but not decoded.</summary>
    /// <param name="set">The videos.</param>
    /// <param name="options">
    /// The size of the frames, the tolerance for unreadable videos and the parallelism; null for the defaults.
    /// </param>
    /// <param name="progress">Receives the number of videos probed.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>The size in bytes.</returns>
    /// <exception cref="InvalidDatasetException">
    /// More videos are unreadable than <see cref="VideoCacheOptions.MaxBad"/> allows, or all are.
    /// </exception>
    public static async Task<long> EstimateAsync(
        VideoSet set,
        VideoCacheOptions? options = null,
        IProgress<VideoSetProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(set);
        return (
            await VideoCachePlan
                .MakeAsync(set, null, options ?? new VideoCacheOptions(), progress, new VideoProbes(), cancellation)
                .ConfigureAwait(false)
        ).Bytes;
    }

    /// <summary>Opens a complete cache as it is. The original videos are not needed.</summary>
    /// <param name="folder">The folder of the cache.</param>
    /// <returns>The open cache, which the caller disposes.</returns>
    /// <exception cref="InvalidFileException">
    /// The folder has no cache, the cache is incomplete or damaged, or another process is changing it.
    /// </exception>
    public static VideoCache Open(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var cache = new VideoCacheFolder(folder);
        IDisposable reading = !System.IO.File.Exists(cache.IndexPath)
            ? Stream.Null
            : cache.TryEnter()
                ?? throw new InvalidFileException($"another process is changing the cache {folder}; wait for it") { Path = folder };
        try
        {
            var index = VideoCacheIndex.Read(cache.IndexPath);
            var damaged = index.Videos.FirstOrDefault(video => FrameFileHeader.TryRead(cache.PathOf(video)) != video.Header);
            return damaged is null
                ? new VideoCache(folder, index, 0, reading)
                : throw new InvalidFileException(
                    $"the frames of {damaged.Name} in the cache {folder} are missing or damaged; build the cache again"
                )
                {
                    Path = cache.PathOf(damaged),
                };
        }
        catch
        {
            reading.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidFileException">The file of frames was changed or removed since the cache was opened.</exception>
    public ValueTask<VideoFrames> ReadAsync(int video, ReadOnlyMemory<int> frames, CancellationToken cancellation)
    {
        var stored = FrameRequestValidation.Check(Videos, video, frames.Span);
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<VideoFrames>(cancellation);
        }

        var pixels = GC.AllocateUninitializedArray<byte>(checked(frames.Length * 3 * stored.Height * stored.Width));
        File(video).Read(frames.Span, pixels);
        return ValueTask.FromResult(new VideoFrames(frames.Length, stored.Height, stored.Width, pixels));
    }

    /// <summary>Unmaps the frames and allows other processes to remove them. The files stay.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (var file in _files)
        {
            file?.Dispose();
        }

        _reading.Dispose();
    }

    // A file is mapped on first use. If two threads open it at the same time, one mapping is discarded.
    private FrameFile File(int video)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Volatile.Read(ref _files[video]) is { } file)
        {
            return file;
        }

        var cached = _index.Videos[video];
        var opened = new FrameFile(
            new VideoCacheFolder(Folder).PathOf(cached),
            cached.Header,
            mapped: Interlocked.Increment(ref _maps) <= MostMaps
        );
        if (Interlocked.CompareExchange(ref _files[video], opened, null) is { } other)
        {
            opened.Dispose();
            return other;
        }

        return opened;
    }
}
