using Microsoft.Win32.SafeHandles;

namespace Tacit.Graphs.WeightFiles;

/// <summary>Reads and writes .safetensors files: named tensors that cannot carry code.</summary>
/// <remarks>
/// Eight bytes hold the length of a header, then comes the header in JSON, which gives the type, shape and range of bytes of
/// every tensor, then the bytes. The ranges must cover the rest of the file without gaps. Specification:
/// https://github.com/huggingface/safetensors.
/// </remarks>
public static class SafeTensors
{
    /// <summary>The largest header that is read: 100 MB, the limit of the reference implementation.</summary>
    public const long MaxHeaderBytes = 100_000_000;

    internal const int LengthBytes = 8;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidFileException">The file is damaged, or is no .safetensors file.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static SafeTensorsFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var handle = File.OpenHandle(path);
        var length = RandomAccess.GetLength(handle);
        if (length < LengthBytes + 2)
        {
            throw SafeTensorsErrors.Invalid(path, $"it has only {length} bytes", 0);
        }

        var headerLength = BitConverter.ToUInt64(ReadBytes(handle, path, 0, LengthBytes));
        if (headerLength > (ulong)MaxHeaderBytes)
        {
            throw SafeTensorsErrors.Invalid(path, $"its header claims {headerLength} bytes, more than {MaxHeaderBytes}", 0);
        }

        var dataStart = LengthBytes + (long)headerLength;
        if (dataStart > length)
        {
            throw SafeTensorsErrors.Invalid(path, $"its header claims {headerLength} bytes, the file has {length}", 0);
        }

        var header = SafeTensorsHeader.Parse(path, ReadBytes(handle, path, LengthBytes, (int)headerLength), length - dataStart);
        var tensors = header.Entries.ToDictionary(
            entry => entry.Name,
            entry => new TensorData(
                entry.Element,
                entry.Sizes,
                ReadBytes(handle, path, dataStart + entry.Begin, (int)(entry.End - entry.Begin))
            ),
            StringComparer.Ordinal
        );
        return new SafeTensorsFile(tensors, header.Metadata);
    }

    /// <summary>Writes or replaces a file, as a whole or not at all.</summary>
    /// <remarks>The same contents give the same bytes: wide elements come first, then by name, so that all are aligned.</remarks>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="tensors">The tensors by name. The name "__metadata__" is taken.</param>
    /// <param name="metadata">Texts to carry beside them.</param>
    /// <exception cref="ArgumentException">A tensor has a type or a name that the format does not have.</exception>
    /// <exception cref="IOException">The file cannot be written; an earlier one is unchanged.</exception>
    public static void Write(
        string path,
        IEnumerable<KeyValuePair<string, TensorData>> tensors,
        IEnumerable<KeyValuePair<string, string>>? metadata = null
    )
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var ordered = tensors
            .OrderByDescending(tensor => tensor.Value.Element.Bits())
            .ThenBy(tensor => tensor.Key, StringComparer.Ordinal)
            .ToList();
        var header = SafeTensorsHeader.Format(ordered, metadata ?? []);
        AtomicFile.Write(
            path,
            stream =>
            {
                stream.Write(BitConverter.GetBytes((ulong)header.Length));
                stream.Write(header);
                foreach (var (_, tensor) in ordered)
                {
                    stream.Write(tensor.Bytes);
                }
            }
        );
    }

    private static byte[] ReadBytes(SafeFileHandle handle, string path, long offset, int count)
    {
        var bytes = new byte[count];
        var done = 0;
        while (done < count)
        {
            var read = RandomAccess.Read(handle, bytes.AsSpan(done), offset + done);
            done += read > 0 ? read : throw SafeTensorsErrors.Invalid(path, "it became shorter while it was read", offset + done);
        }

        return bytes;
    }
}
