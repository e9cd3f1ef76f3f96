using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tacit.Graphs;

namespace Tacit.Inference.Video;

// The folder of a cache: what lies where, and who may change it. One process builds; frames go only while none has the cache open.
internal sealed class VideoCacheFolder(string path)
{
    private const string FrameEnd = ".rgb";

    public string Path => path;

    public string IndexPath => In("cache.json");

    // Tells what is being built, until the index does.
    public string ContentsPath => In(".building.json");

    public string FramesPath => In("frames");

    private string ProbesPath => In("probes.json");

    private string LockPath => In(".lock");

    private string ReadersPath => In(".readers");

    // Null where no cache is there, or what it is of cannot be read.
    public VideoCacheContents? Contents() => VideoCacheContents.TryRead(IndexPath, ContentsPath);

    // InvalidDatasetException: something else is there, and building a cache of the set would cost it.
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
            throw Refused($"the cache {path} is of other videos, {contents.Set}, than {set.Path}; name another folder");
        }

        if (contents.ShortSide != options.ShortSide)
        {
            throw Refused(
                $"the frames in the cache {path} have the short side {contents.ShortSide}, not {options.ShortSide}; name another folder, or ask for {contents.ShortSide}"
            );
        }
    }

    // The right to build, as long as it is held; waits while another process builds.
    public Task<FileStream> LockAsync(Action waiting, CancellationToken cancellation)
    {
        Directory.CreateDirectory(FramesPath);
        return FileLock.WaitAsync(() => FileLock.TryTake(LockPath), waiting, cancellation);
    }

    // As long as it is held no frames are removed. Null: another process is removing some.
    public IDisposable? TryEnter()
    {
        try
        {
            return FileLock.TryShare(ReadersPath);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A folder that may only be read.
            return Stream.Null;
        }
    }

    public VideoProbes ReadProbes() => VideoProbes.Read(ProbesPath);

    // Not where another process builds, or nothing can be written: it only costs that files are probed again.
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

    // The file for a video's frames. Another size or time of the source or other settings give another name, so that what lies
    // under a name is always what is wanted; where the source lies does not matter.
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

    public string PathOf(CachedVideo video) => System.IO.Path.Combine(FramesPath, video.File);

    // Removes what earlier builds left: files that a killed process had begun, and frames of other sources or settings; those
    // are left for a later build while the cache is open somewhere. Only for who holds the lock.
    // IOException: the bytes that are to be written do not fit even then; nothing is removed.
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
                    $"the cache {path} takes {bytes / 1e9:0.00} GB more, and there are {free / 1e9:0.00} GB; make room, name another folder, or choose a smaller short side"
                )
            );
        }
    }

    private InvalidDatasetException Refused(string message) => new(message) { Path = path };

    private string In(string name) => System.IO.Path.Combine(path, name);
}
