using Google.Protobuf;

namespace Tacit.Graphs.Onnx;

/// <summary>Finds the position at which a file stops being a valid ONNX protocol buffer.</summary>
/// <remarks>
/// The parser of Google.Protobuf reports an error without its position. The scan follows the wire format: each field starts with a tag,
/// whose lowest three bits give the type and the others the number of the field. It descends into the graph, its nodes and its
/// initializers.
/// </remarks>
internal static class WireScan
{
    private enum Message
    {
        Model,
        Graph,
        Other,
    }

    /// <summary>Returns the offset of the first field that is malformed or longer than the message that contains it.</summary>
    /// <param name="file">The bytes of the file.</param>
    /// <returns>The offset in bytes from the start of the file; null if no such field is found.</returns>
    public static long? FirstError(ReadOnlySpan<byte> file) => FirstError(file, Message.Model);

    private static long? FirstError(ReadOnlySpan<byte> bytes, Message message)
    {
        var at = 0;
        while (at < bytes.Length)
        {
            var start = at;
            if (!TryVarint(bytes, ref at, out var tag) || tag >> 3 == 0)
            {
                return start;
            }

            var length = Length(bytes, ref at, (WireFormat.WireType)(tag & 7));
            if (length is null)
            {
                return start;
            }

            // A truncated message is scanned up to its end.
            var rest = bytes[at..];
            var fits = length <= rest.Length;
            if (Inner(message, tag) is { } inner && FirstError(fits ? rest[..(int)length] : rest, inner) is { } within)
            {
                return at + within;
            }

            if (!fits)
            {
                return start;
            }

            at += (int)length;
        }

        return null;
    }

    /// <summary>
    /// Returns the number of bytes of a field, and moves past its length prefix; null if the type or the prefix is invalid.
    /// </summary>
    private static long? Length(ReadOnlySpan<byte> bytes, ref int at, WireFormat.WireType type) =>
        type switch
        {
            WireFormat.WireType.Varint => TryVarint(bytes, ref at, out _) ? 0 : null,
            WireFormat.WireType.Fixed32 => 4,
            WireFormat.WireType.Fixed64 => 8,
            WireFormat.WireType.LengthDelimited => TryVarint(bytes, ref at, out var length) && length <= int.MaxValue ? (long)length : null,
            _ => null,
        };

    /// <summary>Returns the kind of message to descend into: the graph, its nodes and its initializers, which take most bytes.</summary>
    private static Message? Inner(Message message, ulong tag) =>
        (message, tag) switch
        {
            (Message.Model, (7 << 3) | 2) => Message.Graph,
            (Message.Graph, (1 << 3) | 2 or (5 << 3) | 2) => Message.Other,
            _ => null,
        };

    /// <summary>Reads a variable-length integer: 7 bits per byte, lowest first, with the high bit set in all bytes but the last.</summary>
    private static bool TryVarint(ReadOnlySpan<byte> bytes, ref int at, out ulong value)
    {
        value = 0;
        for (var shift = 0; shift < 64 && at < bytes.Length; shift += 7)
        {
            var part = bytes[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
