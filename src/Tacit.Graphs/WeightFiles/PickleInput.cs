using System.Buffers.Binary;
using System.Text;

namespace Tacit.Graphs.WeightFiles;

/// <summary>Reads the operands of pickle operations and checks that they do not exceed the stream.</summary>
/// <param name="stream">A seekable stream, positioned at the pickle.</param>
/// <param name="source">The file, for errors.</param>
internal sealed class PickleInput(Stream stream, PyTorchSource source)
{
    // The longest name of a module or class.
    private const int LongestLine = 1000;

    /// <summary>The position in the stream in bytes, for error messages.</summary>
    public long Position => stream.Position;

    /// <summary>The file, for error messages.</summary>
    public PyTorchSource Source => source;

    /// <summary>Reads one byte.</summary>
    /// <exception cref="InvalidFileException">The stream ends.</exception>
    public byte Byte() => stream.ReadByte() is var value and >= 0 ? (byte)value : throw Ends();

    /// <summary>Reads a little-endian unsigned 16-bit integer.</summary>
    /// <exception cref="InvalidFileException">The stream ends.</exception>
    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2));

    /// <summary>Reads a little-endian signed 32-bit integer.</summary>
    /// <exception cref="InvalidFileException">The stream ends.</exception>
    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Bytes(4));

    /// <summary>Reads a little-endian unsigned 32-bit integer.</summary>
    /// <exception cref="InvalidFileException">The stream ends.</exception>
    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    /// <summary>Reads a little-endian unsigned 64-bit integer.</summary>
    /// <exception cref="InvalidFileException">The stream ends.</exception>
    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));

    /// <summary>Reads a big-endian 64-bit floating-point number; pickle stores only this type as big-endian.</summary>
    /// <exception cref="InvalidFileException">The stream ends.</exception>
    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Bytes(8));

    /// <summary>Reads a number of bytes. The length is checked before memory is allocated.</summary>
    /// <exception cref="InvalidFileException">The stream has fewer bytes left.</exception>
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

    /// <summary>Reads UTF-8 text with a length of <paramref name="bytes"/> bytes.</summary>
    /// <exception cref="InvalidFileException">The stream has fewer bytes left.</exception>
    public string Text(ulong bytes) => Encoding.UTF8.GetString(Bytes(bytes));

    /// <summary>Reads text up to the next line feed, which is consumed and not returned.</summary>
    /// <exception cref="InvalidFileException">The stream ends, or the line is longer than 1000 characters.</exception>
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
