using System.IO.Compression;

namespace Tacit.Graphs.WeightFiles;

/// <summary>Reads the format that torch.save writes since PyTorch 1.6: an uncompressed ZIP archive.</summary>
/// <remarks>
/// <para>
/// All entries are in one folder: <c>data.pkl</c> describes the object, <c>data/KEY</c> holds the elements of each storage, and
/// <c>byteorder</c>, if present, must be "little". Other entries are ignored.
/// </para>
/// <para>
/// Rejected are compressed entries, entries that together exceed the file (such as overlapping ones), and pickles above 128 MiB. Memory is
/// thereby bounded by the length of the file.
/// </para>
/// </remarks>
internal static class PyTorchZip
{
    private const string PickleName = "/data.pkl";
    private const int LargestPickle = 1 << 27;

    /// <summary>Reads the tensors of an archive.</summary>
    /// <param name="file">A seekable stream at the start of the archive.</param>
    /// <param name="source">The file, for errors.</param>
    /// <returns>The tensors by name.</returns>
    /// <exception cref="InvalidFileException">The archive is damaged, contains no weights, or tries to run code.</exception>
    public static IReadOnlyDictionary<string, TensorData> Read(Stream file, PyTorchSource source)
    {
        try
        {
            using var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            return Read(Entries(zip, file.Length, source), file.Length, source);
        }
        catch (Exception exception)
            when (exception is InvalidDataException or IOException or NotSupportedException or ArgumentException or OverflowException)
        {
            // These are the exceptions of ZipArchive for a damaged archive.
            throw source.Invalid($"it is a damaged zip: {exception.Message.ReplaceLineEndings(" ").TrimEnd('.')}", inner: exception);
        }
    }

    private static Dictionary<string, TensorData> Read(Dictionary<string, ZipArchiveEntry> entries, long fileBytes, PyTorchSource source)
    {
        // The folder has the name that the file had when it was written.
        var pickles = entries
            .Keys.Where(name => name.EndsWith(PickleName, StringComparison.Ordinal) && name.Count(letter => letter == '/') == 1)
            .ToList();
        if (pickles is not [var pickle])
        {
            throw source.Invalid("it is a zip that torch.save did not write: it holds no data.pkl");
        }

        var folder = pickle[..^PickleName.Length];
        if (entries.GetValueOrDefault($"{folder}/byteorder") is { } order && !Bytes(order).AsSpan().SequenceEqual("little"u8))
        {
            throw source.Invalid("it was written on a big-endian machine; load it there and save it on a little-endian one");
        }

        if (entries[pickle].Length > LargestPickle)
        {
            throw source.Invalid($"its pickle takes {entries[pickle].Length} bytes, more than {LargestPickle}");
        }

        var input = new PickleInput(new MemoryStream(Bytes(entries[pickle])), source);
        var root = new Unpickler(input, new PyTorchGlobals(source), id => PyTorchTensors.Find(id, source)).Load();
        return new StateDict(source).Read(root, new PyTorchTensors(source, fileBytes, (storage, bytes) => Bytes(Storage(storage))));

        ZipArchiveEntry Storage(TensorStorage storage) =>
            entries.GetValueOrDefault($"{folder}/data/{storage.Key}")
            ?? throw source.Invalid($"the storage {PyTorchSource.Shorten(storage.Key)} is missing");
    }

    /// <summary>
    /// Returns the entries by name. They must be uncompressed and together not exceed the file: ZIP bombs use compressed entries, or
    /// entries that share bytes.
    /// </summary>
    private static Dictionary<string, ZipArchiveEntry> Entries(ZipArchive zip, long fileBytes, PyTorchSource source)
    {
        var entries = new Dictionary<string, ZipArchiveEntry>(StringComparer.Ordinal);
        var total = 0L;
        foreach (var entry in zip.Entries)
        {
            var name = PyTorchSource.Shorten(entry.FullName);
            if (entry.CompressedLength != entry.Length)
            {
                throw source.Invalid($"its entry {name} is compressed, which torch.save does not do");
            }

            total =
                entry.Length <= fileBytes - total
                    ? total + entry.Length
                    : throw source.Invalid($"its entries claim more than the {fileBytes} bytes of the file, up to {name}");
            if (!entries.TryAdd(entry.FullName, entry))
            {
                throw source.Invalid($"its entry {name} occurs twice");
            }
        }

        return entries;
    }

    private static byte[] Bytes(ZipArchiveEntry entry)
    {
        var bytes = new byte[entry.Length];
        using var stream = entry.Open();
        stream.ReadExactly(bytes);
        return bytes;
    }
}
