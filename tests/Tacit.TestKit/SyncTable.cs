using System.Buffers.Binary;

namespace Tacit.TestKit;

/// <summary>Makes the table of key frames (stss) of an MP4 file wrong. The frames stay as they are.</summary>
public static class SyncTable
{
    /// <summary>Removes the table. A file without one states that every frame is a key frame.</summary>
    /// <returns>The changed copy; null if the file has no table.</returns>
    public static byte[]? Removed(byte[] file)
    {
        var table = file.AsSpan().IndexOf("stss"u8);
        if (table < 0)
        {
            return null;
        }

        byte[] copy = [.. file];
        "free"u8.CopyTo(copy.AsSpan(table));
        return copy;
    }

    /// <summary>Moves every entry but the first to the next frame, which is no key frame.</summary>
    /// <returns>The changed copy; null if the file has no table with several entries.</returns>
    public static byte[]? Shifted(byte[] file)
    {
        var table = file.AsSpan().IndexOf("stss"u8);
        var count = table < 0 ? 0 : BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(table + 8));
        if (count < 2)
        {
            return null;
        }

        byte[] copy = [.. file];
        for (var i = 1; i < count; i++)
        {
            var entry = copy.AsSpan(table + 12 + (4 * i));
            BinaryPrimitives.WriteInt32BigEndian(entry, BinaryPrimitives.ReadInt32BigEndian(entry) + 1);
        }

        return copy;
    }
}
