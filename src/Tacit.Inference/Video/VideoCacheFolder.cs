using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tacit.Graphs;

namespace Tacit.Inference.Video;

// The folder of a cache while it is being built: locked against other processes.
internal sealed class VideoCacheFolder : IDisposable
{
    public const string IndexName = "cache.json";
    public const string FramesName = "frames";

    private const string LockName = ".lock";
    private const string ContentsName = ".building.json";
    private const string FrameEnd = ".rgb";

    private readonly FileStream _lock;

    private VideoCacheFolder(string path, FileStream @lock) => (Path, _lock) = (path, @lock);

    public string Path { get; }

    public string IndexPath => System.IO.Path.Combine(Path, IndexName);

    // Tells what is being built, until the index does.
    public string ContentsPath => System.IO.Path.Combine(Path, ContentsName);

    public string FramesPath => System.IO.Path.Combine(Path, FramesName);

    // Null where no cache is there, or what it is of cannot be read.
    public static VideoCacheContents? ContentsOf(string path) =>
        VideoCacheContents.TryRead(System.IO.Path.Combine(path, IndexName), System.IO.Path.Combine(path, ContentsName));

    // InvalidDatasetException: something else is there, and building a cache of the set would cost it.
    public static void Check(string path, VideoSet set, VideoCacheOptions options)
    {
        if (File.Exists(path))
        {
            throw new InvalidDatasetException($"{path} is a file; a cache of videos is a folder") { Path = path };
        }

        if (Directory.Exists(path) && !File.Exists(System.IO.Path.Combine(path, LockName)) && !File.Exists(System.IO.Path.Combine(path, IndexName)) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            throw new InvalidDatasetException($"{path} holds other files and no cache; name a new or empty folder for the cache") { Path = path };
        }

        if (options.Replace || ContentsOf(path) is not { } contents)
        {
            return;
        }

        if (!contents.IsOf(set))
        {
            throw new InvalidDatasetException($"the cache {path} is of other videos, {contents.Set}, than {set.Path}; name another folder") { Path = path };
        }

        if (contents.ShortSide != options.ShortSide)
        {
            throw new InvalidDatasetException($"the frames in the cache {path} have the short side {contents.ShortSide}, not {options.ShortSide}; name another folder, or ask for {contents.ShortSide}")
            {
                Path = path,
            };
        }
    }

    // The system releases the lock when the process ends, however it ends; the file stays.
    public static VideoCacheFolder Lock(string path)
    {
        var lockPath = System.IO.Path.Combine(path, LockName);
        Directory.CreateDirectory(path);

        try
        {
            var file = new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            Directory.CreateDirectory(System.IO.Path.Combine(path, FramesName));
            return new VideoCacheFolder(path, file);
        }
        catch (IOException exception) when (File.Exists(lockPath))
        {
            throw new InvalidDatasetException($"another process is building the cache {path}; wait for it, or name another folder", exception) { Path = path };
        }
    }

    // The file for a video's frames. Another size or time of the source or other settings give another name, so that what lies
    // under a name is always what is wanted; where the source lies does not matter.
    public string FrameFileOf(VideoItem item, FileInfo source, int shortSide)
    {
        var facts = string.Create(CultureInfo.InvariantCulture, $"{VideoCacheIndex.CurrentVersion}\n{shortSide}\n{source.Length}\n{source.LastWriteTimeUtc.Ticks}\n{item.Name}");
        return System.IO.Path.Combine(FramesPath, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(facts)))[..32] + FrameEnd);
    }

    // Removes what earlier builds left: frames of other sources or settings, and files that a killed process had begun.
    // IOException: the bytes that are to be written do not fit even then; nothing is removed.
    public void MakeRoom(IEnumerable<string> frameFiles, long bytes)
    {
        var kept = frameFiles.ToHashSet(StringComparer.Ordinal);
        var files = Directory.EnumerateFiles(FramesPath, "*" + FrameEnd).Where(file => !kept.Contains(file))
            .Concat(Directory.EnumerateFiles(FramesPath, ".*" + AtomicFile.TemporaryEnd))
            .Concat(Directory.EnumerateFiles(Path, ".*" + AtomicFile.TemporaryEnd));
        var old = files.Select(file => new FileInfo(file)).ToList();
        CheckSpace(bytes - old.Sum(file => file.Length));
        old.ForEach(file => file.Delete());
    }

    public void Dispose() => _lock.Dispose();

    private void CheckSpace(long bytes)
    {
        long free;
        try
        {
            free = new DriveInfo(System.IO.Path.GetFullPath(Path)).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return;
        }

        if (bytes > free)
        {
            throw new IOException(string.Create(
                CultureInfo.InvariantCulture,
                $"the cache {Path} takes {bytes / 1e9:0.00} GB more, and there are {free / 1e9:0.00} GB; make room, name another folder, or choose a smaller short side"));
        }
    }
}
