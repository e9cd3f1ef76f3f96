using Tacit.Graphs;
using Tacit.Inference.Contracts;

namespace Tacit.Inference.Images;

/// <summary>Converts images into the input tensor of a network, and tensors back into images.</summary>
/// <remarks>
/// Each pixel value v of a channel becomes (v · scale - mean) / std. Instances are immutable and can be used by any number of
/// threads at a time.
/// </remarks>
/// <example><code>
/// var preprocessor = new Preprocessor(new Preprocessing(224, 224));
/// var tensor = new float[3 * 224 * 224];
/// preprocessor.Fill(ImageDecoder.Read("cat.jpg"), tensor);
/// </code></example>
public sealed class Preprocessor
{
    // The normalised value for each of the 256 pixel values, for each channel of the tensor.
    private readonly float[][] _values;

    /// <summary>Creates a preprocessor.</summary>
    /// <param name="preprocessing">The size, normalisation and layout of the network's input.</param>
    /// <exception cref="ArgumentException">The settings contradict each other.</exception>
    public Preprocessor(Preprocessing preprocessing)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        Preprocessing = preprocessing.Checked();
        _values = [.. Enumerable.Range(0, 3).Select(Values)];
    }

    /// <summary>The settings that the preprocessor was created with.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>
    /// Resizes and crops an image as the settings say, and writes it to a tensor of shape (3, H, W), or (H, W, 3) if the
    /// channels come last.
    /// </summary>
    /// <param name="image">An image of any size.</param>
    /// <param name="tensor">The buffer to fill, of <see cref="Preprocessing.ElementCount"/> elements.</param>
    /// <exception cref="ArgumentException">The tensor has another number of elements.</exception>
    /// <exception cref="InvalidFileException">
    /// The aspect ratio is so extreme that the resized image would exceed <see cref="ImageDecoder.MaxPixels"/>.
    /// </exception>
    public void Fill(RgbImage image, Span<float> tensor)
    {
        ArgumentNullException.ThrowIfNull(image);
        Fill(Fit(image).Pixels, tensor);
    }

    /// <summary>
    /// Writes pixels that already have the size of the network's input to a tensor of shape (3, H, W), or (H, W, 3) if the
    /// channels come last.
    /// </summary>
    /// <param name="pixels">The pixels in RGB order, H x W x 3.</param>
    /// <param name="tensor">The buffer to fill, of <see cref="Preprocessing.ElementCount"/> elements.</param>
    /// <exception cref="ArgumentException">The pixels or the tensor have another number of elements.</exception>
    public void Fill(ReadOnlySpan<byte> pixels, Span<float> tensor)
    {
        Check(pixels.Length, nameof(pixels));
        Check(tensor.Length, nameof(tensor));
        for (var channel = 0; channel < 3; channel++)
        {
            var values = _values[channel];
            var (to, step) = Place(channel, tensor.Length);
            for (var from = Colour(channel); from < pixels.Length; from += 3, to += step)
            {
                tensor[to] = values[pixels[from]];
            }
        }
    }

    /// <summary>
    /// Converts a tensor of shape (3, H, W), or (H, W, 3) if the channels come last, back into an image. This is the inverse of
    /// <see cref="Fill(ReadOnlySpan{byte}, Span{float})"/>; values are rounded and clamped to bytes, and NaN becomes 0.
    /// </summary>
    /// <param name="tensor">The elements of the tensor.</param>
    /// <exception cref="ArgumentException">The tensor has another number of elements.</exception>
    public RgbImage ToImage(ReadOnlySpan<float> tensor)
    {
        Check(tensor.Length, nameof(tensor));
        var pixels = new byte[tensor.Length];
        for (var channel = 0; channel < 3; channel++)
        {
            float mean = Preprocessing.Mean[channel],
                std = Preprocessing.Std[channel];
            var (from, step) = Place(channel, tensor.Length);
            for (var to = Colour(channel); to < pixels.Length; to += 3, from += step)
            {
                var pixel = (tensor[from] * std + mean) / Preprocessing.Scale;
                pixels[to] = float.IsNaN(pixel) ? (byte)0 : (byte)Math.Clamp(MathF.Round(pixel), 0, byte.MaxValue);
            }
        }

        return new RgbImage(Preprocessing.Width, Preprocessing.Height, pixels);
    }

    // Like torchvision, the long side is rounded down and the offset of the crop is rounded to the nearest even number.
    private RgbImage Fit(RgbImage image)
    {
        int width = Preprocessing.Width,
            height = Preprocessing.Height;
        if (Preprocessing.Resize == ResizeMode.Stretch)
        {
            return ImageResizer.Resize(image, width, height);
        }

        var side = Preprocessing.ShortSide;
        var longSide = (long)side * Math.Max(image.Width, image.Height) / Math.Min(image.Width, image.Height);
        if (longSide * side > ImageDecoder.MaxPixels)
        {
            throw new InvalidFileException(
                $"an image of {image.Width} x {image.Height} cannot be scaled to a short side of {side}: it is too long"
            );
        }

        var scaled =
            image.Width <= image.Height ? ImageResizer.Resize(image, side, (int)longSide) : ImageResizer.Resize(image, (int)longSide, side);
        return scaled.Crop(
            (int)Math.Round((scaled.Width - width) / 2.0, MidpointRounding.ToEven),
            (int)Math.Round((scaled.Height - height) / 2.0, MidpointRounding.ToEven),
            width,
            height
        );
    }

    private float[] Values(int channel)
    {
        // In double precision, dividing by 255 and multiplying by its inverse give the same result.
        var scale = Preprocessing.Scale == Preprocessing.DefaultScale ? 1.0 / 255 : Preprocessing.Scale;
        return
        [
            .. Enumerable
                .Range(0, 256)
                .Select(pixel => (float)((pixel * scale - Preprocessing.Mean[channel]) / Preprocessing.Std[channel])),
        ];
    }

    // The index of the first element of a channel, and the distance between its elements.
    private (int First, int Step) Place(int channel, int elements) =>
        Preprocessing.Layout == ImageLayout.ChannelsFirst ? (channel * (elements / 3), 1) : (channel, 3);

    private int Colour(int channel) => Preprocessing.ColorOrder == ColorOrder.RGB ? channel : 2 - channel;

    private void Check(int length, string name)
    {
        if (length != Preprocessing.ElementCount)
        {
            throw new ArgumentException(
                $"{string.Join(" x ", Preprocessing.Sizes(1)[1..])} takes {Preprocessing.ElementCount} elements, not {length}",
                name
            );
        }
    }
}
