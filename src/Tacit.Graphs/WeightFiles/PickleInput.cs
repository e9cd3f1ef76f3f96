using System.Buffers.Binary;
using System.Text;

namespace Tacit.Graphs.WeightFiles;

/// <summary>Reads the operands of a pickle's operations, none of them beyond its end.</summary>
internal sealed class PickleInput(Stream stream, PyTorchSource source)
{
    // Of names of modules and classes.
    private const int LongestLine = 1000;

    public long Position => stream.Position;

    public PyTorchSource Source => source;

    public byte Byte() => stream.ReadByte() is var value and >= 0 ? (byte)value : throw Ends();

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));

    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Bytes(8));

    public byte[] Bytes(ulong count)
    {
        if (count > (ulong)(stream.Length - stream.Position))
        {
            throw Ends();
        }

        var bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public string Text(ulong bytes) => Encoding.UTF8.GetString(Bytes(bytes));

    /// <summary>Text up to the end of a line.</summary>
    public string Line()
    {
        var line = new StringBuilder();
        for (var letter = Byte(); letter != '\n'; letter = Byte())
        {
            line.Append((char)letter);
            if (line.Length > LongestLine)
            {
                throw source.Invalid("a name in its pickle does not end", Position);
            }
        }

        return line.ToString();
    }

    private InvalidFileException Ends() => source.Invalid("it ends in the middle of its pickle", stream.Position);
}
