using System.Text;

namespace Tacit.Cli.Tests.Commands.Runs;

/// <summary>A scalar of an event file, or the version of the file if there is no tag.</summary>
internal sealed record ParsedEvent(double WallTime, long Step, string? Version, string? Tag, float Value);

/// <summary>Reads event files without a library, according to the description of the format. Checksums are computed bit by bit.</summary>
internal static class EventFile
{
    public static List<ParsedEvent> Read(byte[] file)
    {
        var events = new List<ParsedEvent>();
        for (var at = 0; at < file.Length; )
        {
            var length = checked((int)BitConverter.ToUInt64(file, at));
            Assert.Equal(Masked(file.AsSpan(at, 8)), BitConverter.ToUInt32(file, at + 8));
            var message = file.AsMemory(at + 12, length);
            Assert.Equal(Masked(message.Span), BitConverter.ToUInt32(file, at + 12 + length));
            events.Add(Parse(message));
            at += 16 + length;
        }

        return events;
    }

    /// <summary>CRC-32C (Castagnoli, reflected 0x82F63B78), computed bit by bit.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var remainder = 0xFFFFFFFF;
        foreach (var value in bytes)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var odd = ((remainder ^ (uint)(value >> bit)) & 1) == 1;
                remainder >>= 1;
                remainder ^= odd ? 0x82F63B78 : 0;
            }
        }

        return ~remainder;
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var checksum = Checksum(bytes);
        return unchecked(((checksum >> 15) | (checksum << 17)) + 0xa282ead8);
    }

    private static ParsedEvent Parse(ReadOnlyMemory<byte> message)
    {
        var parsed = new ParsedEvent(0, 0, null, null, 0);
        while (message.Length > 0)
        {
            var (field, number, bytes) = Next(ref message);
            parsed = field switch
            {
                1 => parsed with { WallTime = BitConverter.ToDouble(bytes.Span) },
                2 => parsed with { Step = (long)number },
                3 => parsed with { Version = Encoding.UTF8.GetString(bytes.Span) },
                5 => Value(parsed, Next(ref bytes).Bytes),
                _ => throw new InvalidDataException($"field {field}"),
            };
        }

        return parsed;
    }

    private static ParsedEvent Value(ParsedEvent parsed, ReadOnlyMemory<byte> value)
    {
        while (value.Length > 0)
        {
            var (field, _, bytes) = Next(ref value);
            parsed = field switch
            {
                1 => parsed with { Tag = Encoding.UTF8.GetString(bytes.Span) },
                2 => parsed with { Value = BitConverter.ToSingle(bytes.Span) },
                _ => throw new InvalidDataException($"field {field}"),
            };
        }

        return parsed;
    }

    private static Field Next(ref ReadOnlyMemory<byte> message)
    {
        var tag = Varint(ref message);
        switch (tag & 7)
        {
            case 0:
                return new Field((int)(tag >> 3), Varint(ref message), default);
            case 1:
                return new Field((int)(tag >> 3), 0, Take(ref message, 8));
            case 2:
                return new Field((int)(tag >> 3), 0, Take(ref message, (int)Varint(ref message)));
            case 5:
                return new Field((int)(tag >> 3), 0, Take(ref message, 4));
            default:
                throw new InvalidDataException($"wire type {tag & 7}");
        }
    }

    private static ulong Varint(ref ReadOnlyMemory<byte> message)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var digit = Take(ref message, 1).Span[0];
            value |= (ulong)(digit & 0x7F) << shift;
            if (digit < 0x80)
            {
                return value;
            }
        }
    }

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> message, int count)
    {
        var taken = message[..count];
        message = message[count..];
        return taken;
    }

    private readonly record struct Field(int Number, ulong Varint, ReadOnlyMemory<byte> Bytes);
}
