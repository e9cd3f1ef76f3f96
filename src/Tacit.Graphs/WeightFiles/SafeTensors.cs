using Microsoft.Win32.SafeHandles;

namespace Tacit.Graphs.WeightFiles;

/// <summary>Reads and writes .safetensors files, which store named tensors and cannot contain code.</summary>
/// <remarks>
/// The file starts with the length of the header in eight bytes. The JSON header gives the type, shape and byte range of each tensor. The
/// bytes follow; the ranges must cover them without gaps. Specification: https://github.com/huggingface/safetensors.
/// </remarks>
/// <example>
/// <code>
/// SafeTensors.Write("weights.safetensors", model.Weights);
/// var file = SafeTensors.Read("weights.safetensors");
/// TensorData weight = file.Tensors["conv1.weight"];
/// </code>
/// </example>
public static class SafeTensors
{
    /// <summary>The largest supported header: 100 MB, the limit of the reference implementation.</summary>
    public const long MaxHeaderBytes = 100_000_000;

    /// <summary>The number of bytes of the header length at the start of a file.</summary>
    internal const int LengthBytes = 8;

    /// <summary>Reads a file into memory.</summary>
    /// <param name="path">The path of the file.</param>
    /// <exception cref="InvalidFileException">The file is damaged or is not a .safetensors file.</exception>
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

    /// <summary>Writes or replaces a file atomically.</summary>
    /// <remarks>
    /// The output is deterministic. Tensors are sorted by descending element width, then by name, so that all of them are aligned.
    /// </remarks>
    /// <param name="path">The path of the file. Its folder must exist.</param>
    /// <param name="tensors">The tensors by name. The name "__metadata__" is reserved.</param>
    /// <param name="metadata">Text properties by name. Null for none.</param>
    /// <exception cref="ArgumentException">The format does not support an element type, or a name is reserved or occurs twice.</exception>
    /// <exception cref="IOException">The file cannot be written; an existing file is unchanged.</exception>
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

    /// <summary>Reads a range of the file completely, even if the system returns it in parts.</summary>
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
