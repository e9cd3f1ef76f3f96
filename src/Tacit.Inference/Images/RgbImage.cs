namespace Tacit.Inference.Images;

/// <summary>A decoded image: rows from the top, red, green and blue in a byte each.</summary>
public sealed class RgbImage
{
    /// <summary>Wraps pixels, which the caller gives up.</summary>
    /// <exception cref="ArgumentException">The pixels are not 3 · width · height bytes, or a size is not positive.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.Length != 3L * width * height)
        {
            throw new ArgumentException(
                $"an image {width} x {height} takes {3L * width * height} bytes, not {pixels.Length}",
                nameof(pixels)
            );
        }

        Width = width;
        Height = height;
        Data = pixels;
    }

    /// <summary>The width in pixels.</summary>
    public int Width { get; }

    /// <summary>The height in pixels.</summary>
    public int Height { get; }

    /// <summary>The pixels, height x width x 3.</summary>
    public ReadOnlySpan<byte> Pixels => Data;

    internal byte[] Data { get; }

    /// <summary>A rectangle of this image.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle reaches outside the image.</exception>
    public RgbImage Crop(int left, int top, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(left);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, Width - left);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, Height - top);
        if (width == Width && height == Height)
        {
            return this;
        }

        var cropped = new byte[3 * width * height];
        for (var row = 0; row < height; row++)
        {
            Pixels.Slice(3 * ((top + row) * Width + left), 3 * width).CopyTo(cropped.AsSpan(3 * row * width));
        }

        return new RgbImage(width, height, cropped);
    }
}
