using SkiaSharp;

namespace Tacit.Inference.Images;

/// <summary>Encodes images.</summary>
public static class ImageEncoder
{
    /// <summary>Encodes an image as a PNG file, without loss.</summary>
    /// <param name="image">The image.</param>
    /// <returns>The contents of the file.</returns>
    public static byte[] ToPng(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var rgba = new byte[4L * image.Width * image.Height];
        for (int from = 0, to = 0; to < rgba.Length; from += 3, to += 4)
        {
            image.Pixels.Slice(from, 3).CopyTo(rgba.AsSpan(to));
            rgba[to + 3] = byte.MaxValue;
        }

        using var data = SKData.CreateCopy(rgba);
        using var skia = SKImage.FromPixels(
            new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque),
            data,
            4 * image.Width
        );
        using var png = skia.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }
}
