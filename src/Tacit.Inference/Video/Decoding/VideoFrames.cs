namespace Tacit.Inference.Video.Decoding;

/// <summary>
/// Decoded frames of one size. Each frame is stored in rows from top to bottom; each pixel is three bytes: red, green and blue.
/// </summary>
public sealed class VideoFrames
{
    /// <summary>Wraps an array of pixels. The array is not copied; the caller must not change it afterwards.</summary>
    /// <param name="count">The number of frames, positive.</param>
    /// <param name="height">The height in pixels, positive.</param>
    /// <param name="width">The width in pixels, positive.</param>
    /// <param name="pixels">The pixels, count x height x width x 3.</param>
    /// <exception cref="ArgumentException">The length of <paramref name="pixels"/> is not count · height · width · 3.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
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

    /// <summary>The number of frames, at least 1.</summary>
    public int Count { get; }

    /// <summary>The height of each frame in pixels.</summary>
    public int Height { get; }

    /// <summary>The width of each frame in pixels.</summary>
    public int Width { get; }

    /// <summary>All pixels: count x height x width x 3, values 0 to 255.</summary>
    public ReadOnlySpan<byte> Pixels => Data;

    /// <summary>The pixels of one frame: height x width x 3.</summary>
    /// <param name="frame">The index of the frame, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="frame"/> is negative or not less than <see cref="Count"/>.
    /// </exception>
    public ReadOnlySpan<byte> this[int frame]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(frame);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(frame, Count);
            return Pixels.Slice(frame * 3 * Height * Width, 3 * Height * Width);
        }
    }

    /// <summary>The array behind <see cref="Pixels"/>, for writing it to a file without a copy.</summary>
    internal byte[] Data { get; }
}
