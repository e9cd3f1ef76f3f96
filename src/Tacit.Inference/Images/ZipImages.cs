using System.IO.Compression;
using Tacit.Graphs;

namespace Tacit.Inference.Images;

/// <summary>The images of a ZIP file. Entries are read into memory one at a time and never unpacked to disk.</summary>
/// <remarks>
/// An archive is rejected if an entry is encrypted, leads outside it or occurs twice, or if sizes exceed the limits or indicate
/// overlapping entries (ZIP bombs).
/// </remarks>
/// <param name="path">The ZIP file.</param>
/// <param name="limits">The limits on its contents.</param>
internal sealed class ZipImages(string path, ImageSetLimits limits) : ImageStore(path, limits)
{
    private const long RatioFrom = 1 << 20;

    /// <inheritdoc/>
    public override ImageScan Scan(CancellationToken cancellationToken)
    {
        using var archive = OpenArchive(out var length);
        List<string> files = [],
            folders = [];
        long packed = 0,
            unpacked = 0;
        var ignored = 0;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in Entries(archive))
        {
            cancellationToken.ThrowIfCancellationRequested();
            CheckPath(entry.FullName);
            packed += entry.CompressedLength;
            unpacked += entry.Length;
            CheckTotals(packed, unpacked, length);
            if (entry.FullName.Split('/').Any(IsHidden))
            {
                ignored += entry.FullName.EndsWith('/') ? 0 : 1;
            }
            else if (entry.FullName.EndsWith('/'))
            {
                folders.Add(entry.FullName);
            }
            else if (ImageDecoder.IsImageName(entry.FullName))
            {
                CheckImage(entry);
                files.Add(seen.Add(entry.FullName) ? entry.FullName : throw Invalid($"has the entry {entry.FullName} twice"));
            }
            else
            {
                ignored++;
            }
        }

        return new ImageScan(files, folders, ignored, MayHaveTop: true);
    }

    /// <inheritdoc/>
    public override IImageReader OpenReader() => new Reader(this, OpenArchive(out _));

    private ZipArchive OpenArchive(out long length)
    {
        FileStream? stream = null;
        try
        {
            stream = File.OpenRead(Path);
            length = stream.Length;
            return new ZipArchive(stream, ZipArchiveMode.Read);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            var message =
                exception is not InvalidDataException ? $"cannot be read: {exception.Message}"
                : StartsAsZip(stream!) ? "is a damaged or truncated ZIP file; copy or download it again"
                : "is not a ZIP file; give a folder or a ZIP file with one folder per class";
            stream?.Dispose();
            throw Invalid(message, exception);
        }
    }

    private IReadOnlyCollection<ZipArchiveEntry> Entries(ZipArchive archive)
    {
        try
        {
            return archive.Entries.Count <= Limits.MaxEntries ? archive.Entries : throw TooManyEntries();
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw Invalid("is a damaged or truncated ZIP file; copy or download it again", exception);
        }
    }

    private void CheckPath(string name)
    {
        var parts = name.Split('/', '\\');
        if (
            name.Length == 0
            || parts[0].Length == 0
            || parts[0].EndsWith(':')
            || parts.Contains("..")
            || name.Contains('\0', StringComparison.Ordinal)
        )
        {
            throw Invalid($"has an entry that leads outside it, \"{OneLine.Of(name, 100)}\"; it may be hostile and was not read");
        }
    }

    private void CheckTotals(long packed, long unpacked, long length)
    {
        if (packed > length)
        {
            throw Invalid("has entries that overlap; it may be hostile and was not read");
        }

        if (unpacked > Limits.MaxTotalBytes)
        {
            throw Invalid($"would unpack to more than {Limits.MaxTotalBytes} bytes; it may be hostile and was not read");
        }
    }

    private void CheckImage(ZipArchiveEntry entry)
    {
        if (entry.IsEncrypted)
        {
            throw Invalid($"is encrypted (at {entry.FullName}); unpack it and give the folder");
        }

        if (entry.Length > Limits.MaxImageBytes)
        {
            throw Invalid($"has an image of {entry.Length} bytes, {entry.FullName}; at most {Limits.MaxImageBytes} are read");
        }

        if (entry.Length >= RatioFrom && entry.Length / Limits.MaxRatio > entry.CompressedLength)
        {
            throw Invalid(
                $"has an entry that unpacks to {entry.Length / Math.Max(1, entry.CompressedLength)} times its size, {entry.FullName}; it may be hostile and was not read"
            );
        }
    }

    private static bool StartsAsZip(FileStream stream)
    {
        try
        {
            Span<byte> start = stackalloc byte[4];
            stream.Position = 0;
            return stream.ReadAtLeast(start, 4, throwOnEndOfStream: false) == 4 && start.SequenceEqual("PK\x03\x04"u8);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return false;
        }
    }

    private sealed class Reader(ZipImages owner, ZipArchive archive) : IImageReader
    {
        // Entries are found by their exact names; ZipArchive.GetEntry would return the last of several equal names.
        private readonly Dictionary<string, ZipArchiveEntry> _entries = owner
            .Entries(archive)
            .GroupBy(entry => entry.FullName, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);

        /// <inheritdoc/>
        public byte[] Read(string key)
        {
            if (!_entries.TryGetValue(key, out var entry))
            {
                throw new InvalidFileException($"{key} is gone: {owner.Path} has changed since it was opened") { Path = key };
            }

            try
            {
                using var stream = entry.Open();
                return ReadAll(stream, entry.Length, Math.Min(entry.Length, owner.Limits.MaxImageBytes), key);
            }
            catch (InvalidDataException exception)
            {
                throw new InvalidFileException($"{key} cannot be unpacked: {exception.Message}", exception) { Path = key };
            }
        }

        /// <summary>Closes the archive.</summary>
        public void Dispose() => archive.Dispose();
    }
}
