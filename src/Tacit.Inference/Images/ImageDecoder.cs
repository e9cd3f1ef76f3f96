using System.Runtime.InteropServices;
using SkiaSharp;
using Tacit.Graphs;

namespace Tacit.Inference.Images;

/// <summary>Decodes JPEG, PNG, BMP and WebP images.</summary>
/// <remarks>
/// The result matches PIL's <c>convert("RGB")</c> and torchvision: grey values are repeated for the three channels, alpha is
/// dropped without blending, CMYK is converted, and the first picture of an animation is used. Orientation tags and colour
/// profiles are not applied.
/// </remarks>
/// <example><code>
/// RgbImage image = ImageDecoder.Read("cat.jpg");
/// </code></example>
public static class ImageDecoder
{
    /// <summary>
    /// The maximum number of pixels of an image, 100 million. The limit protects against small files that declare a huge
    /// picture.
    /// </summary>
    public const int MaxPixels = 100_000_000;

    /// <summary>
    /// Determines whether a file name has the extension of a supported format (.jpg, .jpeg, .png, .bmp, .webp), ignoring case.
    /// </summary>
    /// <param name="name">The name or path of the file.</param>
    public static bool IsImageName(string name) =>
        Path.GetExtension(name).ToUpperInvariant() is ".JPG" or ".JPEG" or ".PNG" or ".BMP" or ".WEBP";

    /// <summary>Reads and decodes a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidFileException">The file cannot be read, or is not a complete image of a supported format.</exception>
    public static RgbImage Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, exception);
        }

        return Decode(bytes, path);
    }

    /// <summary>Decodes an encoded image.</summary>
    /// <param name="bytes">The contents of the image file.</param>
    /// <param name="name">The name of the image, for messages.</param>
    /// <exception cref="InvalidFileException">
    /// The bytes are not a complete image of a supported format, or the image has more than <see cref="MaxPixels"/> pixels.
    /// </exception>
    public static RgbImage Decode(ReadOnlySpan<byte> bytes, string name = "the image")
    {
        using var data = SKData.CreateCopy(bytes);
        using var codec = SKCodec.Create(data);
        if (
            codec is null
            || codec.EncodedFormat
                is not (SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png or SKEncodedImageFormat.Bmp or SKEncodedImageFormat.Webp)
        )
        {
            throw new InvalidFileException($"{name} is not a JPEG, PNG, BMP or WebP image") { Path = name };
        }

        int width = codec.Info.Width,
            height = codec.Info.Height;
        if ((long)width * height > MaxPixels)
        {
            throw new InvalidFileException($"{name} claims {width} x {height} pixels; at most {MaxPixels} are decoded") { Path = name };
        }

        // Without a colour space and premultiplication, the values are those stored in the file, as in PIL.
        var rgba = new byte[4L * width * height];
        var alpha = codec.Info.AlphaType == SKAlphaType.Opaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul;
        var result = Decode(codec, new SKImageInfo(width, height, SKColorType.Rgba8888, alpha, null), rgba);
        return result == SKCodecResult.Success
            ? new RgbImage(width, height, DropAlpha(rgba))
            : throw new InvalidFileException(
                $"{name} is damaged: {(result == SKCodecResult.IncompleteInput ? "the image ends early" : "its pixels cannot be decoded")}"
            )
            {
                Path = name,
            };
    }

    /// <summary>Reads a file asynchronously, then decodes it on the calling context.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellation">Cancels the reading of the file.</param>
    /// <exception cref="InvalidFileException">The file cannot be read, or is not a complete image of a supported format.</exception>
    internal static async Task<RgbImage> ReadAsync(string path, CancellationToken cancellation)
    {
        byte[] bytes;
        try
        {
            bytes = await File.ReadAllBytesAsync(path, cancellation).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, exception);
        }

        return Decode(bytes, path);
    }

    private static InvalidFileException Unreadable(string path, Exception exception) =>
        new($"{path} cannot be read: {exception.Message}", exception) { Path = path };

    private static SKCodecResult Decode(SKCodec codec, SKImageInfo info, byte[] rgba)
    {
        var handle = GCHandle.Alloc(rgba, GCHandleType.Pinned);
        try
        {
            return codec.GetPixels(info, handle.AddrOfPinnedObject());
        }
        finally
        {
            handle.Free();
        }
    }

    private static byte[] DropAlpha(byte[] rgba)
    {
        var rgb = new byte[rgba.Length / 4 * 3];
        for (int from = 0, to = 0; from < rgba.Length; from += 4, to += 3)
        {
            rgb[to] = rgba[from];
            rgb[to + 1] = rgba[from + 1];
            rgb[to + 2] = rgba[from + 2];
        }

        return rgb;
    }
}
