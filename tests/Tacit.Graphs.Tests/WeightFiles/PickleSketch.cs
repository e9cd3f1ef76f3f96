using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Tacit.Graphs.Tests.WeightFiles;

// A pickle written operation by operation, and the files that hold it.
internal sealed class PickleSketch
{
    private readonly List<byte> _bytes = [];

    public PickleSketch(byte protocol = 2) => Raw(0x80, protocol);

    public byte[] Bytes => [.. _bytes];

    public PickleSketch Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public PickleSketch Op(string letters) => Raw(Encoding.Latin1.GetBytes(letters));

    public PickleSketch Global(string module, string name) => Op($"c{module}\n{name}\n");

    public PickleSketch Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Op("X");
        Raw(BitConverter.GetBytes(bytes.Length));
        return Raw(bytes);
    }

    public PickleSketch Number(long value)
    {
        Raw(0x8a, 8);
        return Raw(BitConverter.GetBytes(value));
    }

    public PickleSketch Tuple(params long[] values)
    {
        Op("(");
        foreach (var value in values)
        {
            Number(value);
        }

        return Op("t");
    }

    // A call that creates a tensor from a storage.
    public PickleSketch Tensor(string key, long count, long offset, long[] sizes, long[] strides, string storage = "FloatStorage") =>
        this.Global("torch._utils", "_rebuild_tensor_v2")
            .Op("((")
            .Text("storage")
            .Global("torch", storage)
            .Text(key)
            .Text("cpu")
            .Number(count)
            .Op("tQ")
            .Number(offset)
            .Tuple(sizes)
            .Tuple(strides)
            .Op("\x89NtR");

    // A complete pickle with one tensor named "w".
    public static PickleSketch OfTensor(long count, long offset, long[] sizes, long[] strides, string storage = "FloatStorage") =>
        new PickleSketch().Op("}").Text("w").Tensor("0", count, offset, sizes, strides, storage).Op("s.");

    public byte[] InZip(params (string Name, byte[] Content)[] entries) => Zip([("net/data.pkl", Bytes), .. entries]);

    public static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(content);
            }
        }

        return stream.ToArray();
    }

    // The old form: magic number, version, machine, this pickle, the keys of the storages, and the storages.
    public byte[] InStream(bool littleEndian = true, params (string Key, float[] Content)[] storages)
    {
        var file = new PickleSketch().Op("\x8a\nl\xfc\u009cF\xf9 j\xa8P\x19.");
        file.Op("\x80\x02M\xe9\x03.");
        file.Op("\x80\x02}").Text("little_endian").Op(littleEndian ? "\x88s." : "\x89s.");
        file.Raw(Bytes);
        file.Op("\x80\x02](");
        foreach (var (key, _) in storages)
        {
            file.Text(key);
        }

        file.Op("e.");
        Span<byte> number = stackalloc byte[8];
        foreach (var (_, content) in storages)
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, content.Length);
            file.Raw(number);
            foreach (var value in content)
            {
                file.Raw(BitConverter.GetBytes(value));
            }
        }

        return file.Bytes;
    }
}
