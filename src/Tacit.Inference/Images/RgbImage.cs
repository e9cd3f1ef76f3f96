namespace Tacit.Inference.Images;

/// <summary>A decoded image. The pixels are stored in rows from top to bottom; each pixel is three bytes: red, green and blue.</summary>
public sealed class RgbImage
{
    /// <summary>Wraps an array of pixels. The array is not copied; the caller must not change it afterwards.</summary>
    /// <param name="width">The width in pixels, positive.</param>
    /// <param name="height">The height in pixels, positive.</param>
    /// <param name="pixels">The pixels, height x width x 3.</param>
    /// <exception cref="ArgumentException">The length of <paramref name="pixels"/> is not 3 · width · height.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is not positive.</exception>
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

    /// <summary>The pixels: height x width x 3, values 0 to 255.</summary>
    public ReadOnlySpan<byte> Pixels => Data;

    /// <summary>The array behind <see cref="Pixels"/>.</summary>
    internal byte[] Data { get; }

    /// <summary>Copies a rectangle of the image.</summary>
    /// <param name="left">The first column of the rectangle, from 0.</param>
    /// <param name="top">The first row of the rectangle, from 0.</param>
    /// <param name="width">The width of the rectangle in pixels.</param>
    /// <param name="height">The height of the rectangle in pixels.</param>
    /// <returns>The rectangle; this image itself if it covers the whole image.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The rectangle exceeds the image.</exception>
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
