using System.Collections.Immutable;
using Tacit.Graphs;

namespace Tacit.Inference.Video;

/// <summary>The frames of a set of videos on disk, decoded once, scaled down and mapped into memory.</summary>
/// <remarks>
/// The folder holds <c>cache.json</c>, the index, written last and as a whole, and in <c>frames/</c> a file for each video: a
/// head of 64 bytes and the frames one after another, height x width x 3 bytes. A frame takes 3 · height · width bytes (86 kB
/// at 128 x 224), which is some fifty times the compressed video. Reading a frame is a copy without locks. A cache may be read
/// by many processes at a time and is built by one; the others wait for it. Frames of an open cache are not removed.
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

    internal VideoCache(string folder, VideoCacheIndex index, int decoded, IDisposable reading)
    {
        Folder = folder;
        Decoded = decoded;
        _index = index;
        _reading = reading;
        _files = new FrameFile?[index.Videos.Length];
        Videos = [.. index.Videos.Select(video => video.ToStored())];
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <inheritdoc/>
    public ImmutableArray<StoredVideo> Videos { get; }

    /// <summary>The videos of the set that could not be read and were left out.</summary>
    public ImmutableArray<UnreadableVideo> Unreadable => _index.Unreadable;

    /// <summary>The short side of its frames in pixels, but for smaller videos.</summary>
    public int ShortSide => _index.ShortSide;

    /// <summary>The bytes that its frames take on disk.</summary>
    public long Bytes => _index.Videos.Sum(video => video.Header.FileBytes);

    /// <summary>The videos that had to be decoded when it was built; the others were in the folder already.</summary>
    public int Decoded { get; }

    /// <summary>Decodes what is not in the folder yet, and opens the cache.</summary>
    /// <remarks>
    /// May be stopped at any time, by whatever means: the videos that are whole are kept, and the next call goes on with the others.
    /// A video is decoded anew when its file's size or time of change differs; frames of videos that the set no longer has are
    /// removed once none has the cache open. While another process builds the cache it is waited for. A cache of another set (of another path and with other names) or of another short side is refused.
    /// </remarks>
    /// <param name="set">The videos.</param>
    /// <param name="folder">The folder of the cache: new, empty, or a cache of this set, begun or whole.</param>
    /// <param name="options">How frames are made.</param>
    /// <param name="progress">Is told how far it has come.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="InvalidDatasetException">
    /// Too many videos cannot be read, or all; or the folder holds other files, or the cache of another set or short side.
    /// </exception>
    /// <exception cref="IOException">The disk is full or cannot be written; what is whole is kept.</exception>
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

    /// <summary>Refuses a folder that <see cref="BuildAsync"/> would refuse, without looking into a video or changing anything.</summary>
    /// <exception cref="InvalidDatasetException">The folder is a file, or holds other files or the cache of another set or short side.</exception>
    public static void Check(VideoSet set, string folder, VideoCacheOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        new VideoCacheFolder(folder).Check(set, options ?? new VideoCacheOptions());
    }

    /// <summary>The short side of the cache in a folder, begun or whole; null where there is none that can be read.</summary>
    public static int? ShortSideIn(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return new VideoCacheFolder(folder).Contents()?.ShortSide;
    }

    /// <summary>The bytes that a cache of a set takes on disk, from the sizes and lengths of its videos, without decoding.</summary>
    /// <exception cref="InvalidDatasetException">Too many videos cannot be read, or all.</exception>
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

    /// <summary>Opens a whole cache as it is; the videos it was made from need not be there.</summary>
    /// <exception cref="InvalidFileException">There is none in the folder, it is not whole, its index is damaged, or another process is changing it now.</exception>
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
        var stored = FrameRequest.Check(Videos, video, frames.Span);
        if (cancellation.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<VideoFrames>(cancellation);
        }

        var pixels = GC.AllocateUninitializedArray<byte>(checked(frames.Length * 3 * stored.Height * stored.Width));
        File(video).Read(frames.Span, pixels);
        return ValueTask.FromResult(new VideoFrames(frames.Length, stored.Height, stored.Width, pixels));
    }

    /// <summary>Unmaps the frames. The folder stays.</summary>
    public void Dispose()
    {
        _disposed = true;
        foreach (var file in _files)
        {
            file?.Dispose();
        }

        _reading.Dispose();
    }

    // Mapped when it is first read; of two threads that come at once one wins.
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
