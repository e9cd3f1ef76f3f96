using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;
using Tacit.Graphs;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Runs;

/// <summary>Metrics as an event file that TensorBoard reads: records of Event messages, one scalar summary each.</summary>
/// <remarks>
/// A record is the length (8 bytes, little endian), its checksum, the message, its checksum (tensorflow/core/lib/io/record_writer).
/// The few fields that are used of tensorflow/core/util/event.proto and framework/summary.proto are written by hand. A tag is
/// "stage/metric".
/// </remarks>
internal static class TensorBoardFile
{
    private const string Version = "brain.Event:2";

    /// <summary>The name under which TensorBoard looks for a file; the same for the same run.</summary>
    public static string NameOf(RunSnapshot run) => $"events.out.tfevents.{run.Started.ToUnixTimeSeconds()}.tacit";

    /// <summary>Writes the file, as a whole or not at all.</summary>
    /// <returns>The number of scalars.</returns>
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

    // CRC32C, then masked as TFRecord has it, so that the checksum of data with checksums in it is still good.
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
