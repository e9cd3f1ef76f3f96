namespace Tacit.Graphs.WeightFiles;

/// <summary>Reads the elements of the tensors that a pickle describes.</summary>
/// <param name="source">The file, for errors.</param>
/// <param name="fileBytes">The length of the file in bytes. It bounds the memory that the tensors may take.</param>
/// <param name="read">Reads the given number of bytes of a storage.</param>
internal sealed class PyTorchTensors(PyTorchSource source, long fileBytes, Func<TensorStorage, int, byte[]> read)
{
    // Views that are not contiguous are copied, and several may share a storage.
    private const int MostCopies = 16;

    private readonly Dictionary<string, byte[]> _storages = new(StringComparer.Ordinal);
    private long _copied;

    /// <summary>Returns the storage that a persistent id refers to.</summary>
    /// <remarks>
    /// The id is a tuple ("storage", class, key, device, count). Files from before PyTorch 1.6 add a sixth entry, which is null or a view
    /// (key, offset, length).
    /// </remarks>
    /// <exception cref="InvalidFileException">The id is not a storage of a supported type.</exception>
    public static TensorStorage Find(object? id, PyTorchSource source)
    {
        if (id is not (object?[] and ["storage", PickleGlobal { Element: not null }, string, _, >= 0L, ..]))
        {
            throw source.Invalid("its pickle points to something that is not a storage of numbers");
        }

        var parts = (object?[])id;
        var (element, key, count) = (((PickleGlobal)parts[1]!).Element!.Value, (string)parts[2]!, (long)parts[4]!);
        return parts[5..] switch
        {
            [] or [null] => new TensorStorage(key, element, count, 0, count),
            [object?[] and [_, long and >= 0 and var begin, long and >= 0 and var length]] when begin <= count && length <= count - begin =>
                new TensorStorage(key, element, count, begin, length),
            _ => throw source.Invalid($"its pickle views a part of the storage {PyTorchSource.Shorten(key)} that does not exist"),
        };
    }

    /// <summary>Reads the elements of a tensor. Contiguous tensors share the bytes of their storage; others are copied.</summary>
    /// <param name="name">The name of the tensor, for errors.</param>
    /// <param name="tensor">The view to read.</param>
    /// <exception cref="InvalidFileException">
    /// Elements are outside the storage, or the copies take more than 16 times the length of the file.
    /// </exception>
    public TensorData Read(string name, StoredTensor tensor)
    {
        var width = tensor.Element.Bits() / 8;
        var storage = Storage(tensor.Storage);
        if (Count(tensor) is not { } count || count > storage.Length / width || (count > 0 && Last(tensor) >= storage.Length / width))
        {
            throw source.Invalid($"the tensor {PyTorchSource.Shorten(name)} has elements outside its storage of {storage.Length} bytes");
        }

        if (count == 0 || IsContiguous(tensor))
        {
            return new TensorData(
                tensor.Element,
                tensor.Sizes,
                count == 0 ? default : storage.Slice((int)tensor.Offset * width, (int)count * width)
            );
        }

        _copied += count * width;
        return _copied <= MostCopies * fileBytes
            ? new TensorData(tensor.Element, tensor.Sizes, Gather(tensor, storage.Span, (int)count, width))
            : throw source.Invalid($"its tensors take more than {MostCopies} times the {fileBytes} bytes of the file");
    }

    /// <summary>
    /// Returns the bytes of a storage. They are read once, after their number has been compared with the length of the file.
    /// </summary>
    private ReadOnlyMemory<byte> Storage(TensorStorage storage)
    {
        var width = storage.Element.Bits() / 8;
        if (storage.Count > Math.Min(fileBytes, Array.MaxLength) / width)
        {
            throw source.Invalid(
                $"the storage {PyTorchSource.Shorten(storage.Key)} claims {storage.Count} numbers, the file has {fileBytes} bytes"
            );
        }

        var bytes = (int)storage.Count * width;
        if (!_storages.TryGetValue(storage.Key, out var data))
        {
            _storages.Add(storage.Key, data = read(storage, bytes));
        }

        return data.Length == bytes
            ? data.AsMemory((int)storage.Begin * width, (int)storage.Length * width)
            : throw source.Invalid(
                $"the storage {PyTorchSource.Shorten(storage.Key)} is declared with {bytes} bytes and with {data.Length} bytes"
            );
    }

    /// <summary>Returns the number of elements; null if it exceeds 64 bits.</summary>
    private static long? Count(StoredTensor tensor)
    {
        try
        {
            return tensor.Sizes.Aggregate(1L, (product, size) => checked(product * size));
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <summary>Returns the index of the last element: offset + Σ (size - 1) · stride. In 128 bits it cannot overflow.</summary>
    private static Int128 Last(StoredTensor tensor) =>
        tensor.Sizes.Zip(tensor.Strides).Aggregate((Int128)tensor.Offset, (last, axis) => last + (Int128)(axis.First - 1) * axis.Second);

    /// <summary>Returns whether the elements are stored in order without gaps. The stride of an axis of size 1 is irrelevant.</summary>
    private static bool IsContiguous(StoredTensor tensor)
    {
        var step = 1L;
        for (var axis = tensor.Sizes.Length - 1; axis >= 0; axis--)
        {
            if (tensor.Sizes[axis] != 1 && tensor.Strides[axis] != step)
            {
                return false;
            }

            step *= tensor.Sizes[axis];
        }

        return true;
    }

    /// <summary>Copies the elements of a strided view, the last axis fastest.</summary>
    private static byte[] Gather(StoredTensor tensor, ReadOnlySpan<byte> storage, int count, int width)
    {
        var elements = new byte[count * width];
        var place = new long[tensor.Sizes.Length];
        var from = tensor.Offset;
        for (var to = 0; to < count; to++)
        {
            storage.Slice((int)from * width, width).CopyTo(elements.AsSpan(to * width));
            for (var axis = place.Length - 1; axis >= 0; axis--)
            {
                from += tensor.Strides[axis];
                if (++place[axis] < tensor.Sizes[axis])
                {
                    break;
                }

                from -= tensor.Sizes[axis] * tensor.Strides[axis];
                place[axis] = 0;
            }
        }

        return elements;
    }
}
