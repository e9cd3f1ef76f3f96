using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tacit.Graphs;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Sets;

namespace Tacit.Inference.Video.Storage;

/// <summary>
/// The files of a cache and the locks on them. One process builds at a time. Frames are removed only while no process has the
/// cache open.
/// </summary>
/// <param name="path">The folder.</param>
internal sealed class VideoCacheFolder(string path)
{
    private const string FrameEnd = ".rgb";

    /// <summary>The folder, as it was given.</summary>
    public string Path => path;

    /// <summary>The index, which exists only for a complete cache.</summary>
    public string IndexPath => In("cache.json");

    /// <summary>The file that describes a partial cache until the index exists.</summary>
    public string ContentsPath => In(".building.json");

    /// <summary>The folder of the files of frames.</summary>
    public string FramesPath => In("frames");

    private string ProbesPath => In("probes.json");

    private string LockPath => In(".lock");

    private string ReadersPath => In(".readers");

    /// <summary>Reads what the cache was made from; null if the folder has no readable cache.</summary>
    public VideoCacheContents? Contents() => VideoCacheContents.TryRead(IndexPath, ContentsPath);

    /// <summary>Checks that a cache of a set can be built in the folder without destroying anything else.</summary>
    /// <param name="set">The videos.</param>
    /// <param name="options">The short side, and whether another cache may be replaced.</param>
    /// <exception cref="InvalidDatasetException">
    /// The path is a file, or the folder holds other files or the cache of another set or short side.
    /// </exception>
    public void Check(VideoSet set, VideoCacheOptions options)
    {
        if (File.Exists(path))
        {
            throw Refused($"{path} is a file; a cache of videos is a folder");
        }

        if (Directory.Exists(path) && !File.Exists(LockPath) && !File.Exists(IndexPath) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            throw Refused($"{path} holds other files and no cache; name a new or empty folder for the cache");
        }

        if (options.Replace || Contents() is not { } contents)
        {
            return;
        }

        if (!contents.IsOf(set))
        {
            throw Refused($"the cache {path} holds other videos ({contents.Set}) than {set.Path}; name another folder");
        }

        if (contents.ShortSide != options.ShortSide)
        {
            throw Refused(
                $"the frames in the cache {path} have the short side {contents.ShortSide}, not {options.ShortSide}; name another folder, or ask for {contents.ShortSide}"
            );
        }
    }

    /// <summary>Acquires the exclusive right to build, and waits while another process holds it.</summary>
    /// <param name="waiting">Called once if the lock is not available at once.</param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <returns>The lock, which is released when it is disposed.</returns>
    public Task<FileStream> LockAsync(Action waiting, CancellationToken cancellation)
    {
        Directory.CreateDirectory(FramesPath);
        return FileLock.WaitAsync(() => FileLock.TryTake(LockPath), waiting, cancellation);
    }

    /// <summary>
    /// Acquires the right to read. No frames are removed while it is held. In a folder without write permission no lock is
    /// taken.
    /// </summary>
    /// <returns>The lock, which is released when it is disposed; null if another process is removing frames.</returns>
    public IDisposable? TryEnter()
    {
        try
        {
            return FileLock.TryShare(ReadersPath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The folder is read-only.
            return Stream.Null;
        }
    }

    /// <summary>Reads the stored probe results; there are none if the file is missing or damaged.</summary>
    public VideoProbes ReadProbes() => VideoProbes.Read(ProbesPath);

    /// <summary>
    /// Stores probe results. Nothing is stored if another process is building or the folder cannot be written; the videos are
    /// then probed again next time.
    /// </summary>
    public void Keep(VideoProbes probes)
    {
        try
        {
            Directory.CreateDirectory(path);
            using var locked = FileLock.TryTake(LockPath);
            if (locked is not null)
            {
                probes.Write(ProbesPath);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException) { }
    }

    /// <summary>Computes the path of the file of frames of a video.</summary>
    /// <remarks>
    /// The file name is a hash of the format version, the short side, the name of the video and the size and time of the last
    /// change of its file. A file under that name is therefore always up to date. The location of the source does not matter.
    /// </remarks>
    /// <param name="item">The video.</param>
    /// <param name="source">The file of the video.</param>
    /// <param name="shortSide">The short side in pixels.</param>
    public string FrameFileOf(VideoItem item, FileInfo source, int shortSide)
    {
        var facts = string.Create(
            CultureInfo.InvariantCulture,
            $"{VideoCacheIndex.CurrentVersion}\n{shortSide}\n{source.Length}\n{source.LastWriteTimeUtc.Ticks}\n{item.Name}"
        );
        return System.IO.Path.Combine(
            FramesPath,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(facts)))[..32] + FrameEnd
        );
    }

    /// <summary>The path of the file of frames of a video of the index.</summary>
    public string PathOf(CachedVideo video) => System.IO.Path.Combine(FramesPath, video.File);

    /// <summary>
    /// Removes what earlier builds left behind: temporary files of interrupted builds, and frames of other sources or settings.
    /// Frames are kept while another process has the cache open. The caller must hold the lock for building.
    /// </summary>
    /// <param name="frameFiles">The files of frames to keep.</param>
    /// <param name="bytes">The number of bytes that will be written.</param>
    /// <exception cref="IOException">The bytes would not fit on the disk even after the removal; nothing is removed.</exception>
    public void MakeRoom(IEnumerable<string> frameFiles, long bytes)
    {
        var kept = frameFiles.ToHashSet(StringComparer.Ordinal);
        using var alone = FileLock.TryTake(ReadersPath);
        var old = Directory
            .EnumerateFiles(FramesPath, "*" + FrameEnd)
            .Where(file => alone is not null && !kept.Contains(file))
            .Concat(Directory.EnumerateFiles(FramesPath, ".*" + AtomicFile.TemporaryEnd))
            .Concat(Directory.EnumerateFiles(path, ".*" + AtomicFile.TemporaryEnd))
            .Select(file => new FileInfo(file))
            .ToList();
        CheckSpace(bytes - old.Sum(file => file.Length));
        old.ForEach(file => file.Delete());
    }

    private void CheckSpace(long bytes)
    {
        long free;
        try
        {
            free = new DriveInfo(System.IO.Path.GetFullPath(path)).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return;
        }

        if (bytes > free)
        {
            throw new IOException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the cache {path} needs {bytes / 1e9:0.00} GB more, but only {free / 1e9:0.00} GB are free; make room, name another folder, or choose a smaller short side"
                )
            );
        }
    }

    private InvalidDatasetException Refused(string message) => new(message) { Path = path };

    private string In(string name) => System.IO.Path.Combine(path, name);
}
