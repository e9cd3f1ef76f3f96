namespace Tacit.Inference.Video;

/// <summary>Decoded frames of one size: rows from the top, red, green and blue in a byte each.</summary>
public sealed class VideoFrames
{
    /// <summary>Wraps pixels, which the caller gives up.</summary>
    /// <exception cref="ArgumentException">The pixels are not count · height · width · 3 bytes, or a size is not positive.</exception>
    public VideoFrames(int count, int height, int width, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.Length != 3L * count * height * width)
        {
            throw new ArgumentException(
                $"{count} frames {width} x {height} take {3L * count * height * width} bytes, not {pixels.Length}",
                nameof(pixels)
            );
        }

        (Count, Height, Width, Data) = (count, height, width, pixels);
    }

    /// <summary>The number of frames.</summary>
    public int Count { get; }

    /// <summary>The height in pixels.</summary>
    public int Height { get; }

    /// <summary>The width in pixels.</summary>
    public int Width { get; }

    /// <summary>The pixels, count x height x width x 3.</summary>
    public ReadOnlySpan<byte> Pixels => Data;

    /// <summary>The pixels of one frame, height x width x 3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such frame.</exception>
    public ReadOnlySpan<byte> this[int frame]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(frame);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(frame, Count);
            return Pixels.Slice(frame * 3 * Height * Width, 3 * Height * Width);
        }
    }

    internal byte[] Data { get; }
}
