using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;
using Tacit.Graphs;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary>Writes metrics as an event file of TensorBoard: one Event message with a scalar summary for each value.</summary>
/// <remarks>
/// <para>
/// A record consists of the length of the message (8 bytes, little endian), the checksum of the length (4 bytes), the message, and its
/// checksum (4 bytes), as in tensorflow/core/lib/io/record_writer. Checksums are masked CRC-32C.
/// </para>
/// <para>
/// Only a few fields of tensorflow/core/util/event.proto and framework/summary.proto are needed, so they are written without generated
/// code. The tag of a scalar is "stage/metric". Values are rounded to single precision, which the format requires.
/// </para>
/// </remarks>
internal static class TensorBoardFile
{
    private const string Version = "brain.Event:2";

    /// <summary>
    /// Returns the name of the file. TensorBoard finds files by this pattern. The name is the same for each export of a run.
    /// </summary>
    /// <param name="run">The run.</param>
    public static string NameOf(RunSnapshot run) => $"events.out.tfevents.{run.Started.ToUnixTimeSeconds()}.tacit";

    /// <summary>Writes the file completely or not at all.</summary>
    /// <param name="path">The path of the file. An existing file is overwritten.</param>
    /// <param name="run">The run.</param>
    /// <returns>The number of scalars written.</returns>
    public static int Write(string path, RunSnapshot run)
    {
        var scalars = 0;
        AtomicFile.Write(
            path,
            stream =>
            {
                WriteRecord(
                    stream,
                    Event(
                        run.Started,
                        message =>
                        {
                            message.WriteTag(3, WireFormat.WireType.LengthDelimited); // file_version
                            message.WriteString(Version);
                        }
                    )
                );
                foreach (var entry in run.Metrics)
                {
                    foreach (var (name, value) in entry.Values)
                    {
                        WriteRecord(stream, Scalar(entry, $"{entry.Stage}/{name}", (float)value));
                        scalars++;
                    }
                }
            }
        );
        return scalars;
    }

    /// <summary>Encodes an Event with one scalar summary: wall time, step, tag and value.</summary>
    private static byte[] Scalar(MetricsEntry entry, string tag, float number)
    {
        var value = Message(message =>
        {
            message.WriteTag(1, WireFormat.WireType.LengthDelimited); // tag
            message.WriteString(tag);
            message.WriteTag(2, WireFormat.WireType.Fixed32); // simple_value
            message.WriteFloat(number);
        });
        var summary = Message(message =>
        {
            message.WriteTag(1, WireFormat.WireType.LengthDelimited); // value
            message.WriteBytes(ByteString.CopyFrom(value));
        });
        return Event(
            entry.Time,
            message =>
            {
                message.WriteTag(2, WireFormat.WireType.Varint); // step
                message.WriteInt64(entry.Step);
                message.WriteTag(5, WireFormat.WireType.LengthDelimited); // summary
                message.WriteBytes(ByteString.CopyFrom(summary));
            }
        );
    }

    /// <summary>Encodes an Event with its wall time, in seconds since 1970, and other fields.</summary>
    private static byte[] Event(DateTimeOffset time, Action<CodedOutputStream> rest) =>
        Message(message =>
        {
            message.WriteTag(1, WireFormat.WireType.Fixed64); // wall_time
            message.WriteDouble((time - DateTimeOffset.UnixEpoch).TotalSeconds);
            rest(message);
        });

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var message = new CodedOutputStream(stream, leaveOpen: true))
        {
            write(message);
        }

        return stream.ToArray();
    }

    /// <summary>Writes a record: length, checksum of the length, message, checksum of the message.</summary>
    private static void WriteRecord(Stream stream, ReadOnlySpan<byte> message)
    {
        Span<byte> length = stackalloc byte[sizeof(ulong)],
            checksum = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)message.Length);
        stream.Write(length);
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, MaskedChecksum(length));
        stream.Write(checksum);
        stream.Write(message);
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, MaskedChecksum(message));
        stream.Write(checksum);
    }

    /// <summary>
    /// Returns the CRC-32C of the bytes, rotated and offset as TFRecord requires. The mask keeps checksums of data that contains checksums
    /// meaningful.
    /// </summary>
    private static uint MaskedChecksum(ReadOnlySpan<byte> bytes)
    {
        var checksum = uint.MaxValue;
        foreach (var value in bytes)
        {
            checksum = BitOperations.Crc32C(checksum, value);
        }

        return BitOperations.RotateRight(~checksum, 15) + 0xa282ead8;
    }
}
