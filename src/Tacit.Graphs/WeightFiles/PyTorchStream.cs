using System.Numerics;

namespace Tacit.Graphs.WeightFiles;

/// <summary>Reads the format that torch.save wrote before PyTorch 1.6.</summary>
/// <remarks>
/// The file has five pickles: a magic number, the protocol version, system information, the object, and the keys of the storages. The
/// storages follow. Each has its number of elements in eight bytes, then the elements.
/// </remarks>
internal static class PyTorchStream
{
    private const long Version = 1001;
    private const int LengthBytes = 8;

    private static readonly BigInteger Magic = BigInteger.Parse(
        "119547037146038801333356",
        System.Globalization.CultureInfo.InvariantCulture
    );

    /// <summary>Reads the tensors of a file.</summary>
    /// <param name="file">A seekable stream at the start of the file.</param>
    /// <param name="source">The file, for errors.</param>
    /// <returns>The tensors by name.</returns>
    /// <exception cref="InvalidFileException">The file is damaged, contains no weights, or tries to run code.</exception>
    public static IReadOnlyDictionary<string, TensorData> Read(Stream file, PyTorchSource source)
    {
        var (input, globals) = (new PickleInput(file, source), new PyTorchGlobals(source));
        if (Load() is not BigInteger magic || magic != Magic)
        {
            throw source.Invalid("it is a pickle that torch.save did not write");
        }

        if (Load() is not Version)
        {
            throw source.Invalid($"it is of a version that cannot be read; only version {Version} can");
        }

        if (Load() is not PickleDictionary facts || facts.ByName().GetValueOrDefault("little_endian") is not true)
        {
            throw source.Invalid("it was written on a big-endian machine; load it there and save it on a little-endian one");
        }

        var described = new Dictionary<string, TensorStorage>(StringComparer.Ordinal);
        var root = new Unpickler(input, globals, Describe).Load();
        var begins = Places(Load(), file, described, source);
        return new StateDict(source).Read(root, new PyTorchTensors(source, file.Length, Bytes));

        object? Load() => new Unpickler(input, globals).Load();

        TensorStorage Describe(object? id)
        {
            var storage = PyTorchTensors.Find(id, source);
            described[storage.Key] = storage;
            return storage;
        }

        byte[] Bytes(TensorStorage storage, int count)
        {
            file.Position = begins.TryGetValue(storage.Key, out var begin)
                ? begin
                : throw source.Invalid($"the storage {PyTorchSource.Shorten(storage.Key)} is missing");
            return new PickleInput(file, source).Bytes((ulong)count);
        }
    }

    /// <summary>Returns the offset of the elements of each storage, and verifies the number of elements before each.</summary>
    private static Dictionary<string, long> Places(
        object? keys,
        Stream file,
        Dictionary<string, TensorStorage> described,
        PyTorchSource source
    )
    {
        var places = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var item in keys as List<object?> ?? throw source.Invalid("it lacks the list of its storages"))
        {
            if (
                item is not string key
                || described.GetValueOrDefault(key) is not { } storage
                || !places.TryAdd(key, file.Position + LengthBytes)
            )
            {
                throw source.Invalid("its list of storages does not fit its pickle");
            }

            var count = new PickleInput(file, source).UInt64();
            if (count != (ulong)storage.Count || storage.Count > (file.Length - file.Position) / (storage.Element.Bits() / 8))
            {
                throw source.Invalid(
                    $"the storage {PyTorchSource.Shorten(key)} should hold {storage.Count} numbers, which are missing",
                    file.Position
                );
            }

            file.Position += storage.Count * (storage.Element.Bits() / 8);
        }

        return places;
    }
}
