using Tacit.Graphs;

namespace Tacit.Inference.Images;

/// <summary>Turns images into the numbers that a network takes.</summary>
/// <remarks>Immutable; any number of threads may use it at once.</remarks>
public sealed class Preprocessor
{
    // For each channel of the tensor: the number for each value of a pixel.
    private readonly float[][] _values;

    /// <summary>A preprocessor of the given settings.</summary>
    /// <exception cref="ArgumentException">The settings contradict each other.</exception>
    public Preprocessor(Preprocessing preprocessing)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        Preprocessing = preprocessing.Checked();
        _values = [.. Enumerable.Range(0, 3).Select(Values)];
    }

    /// <summary>The settings.</summary>
    public Preprocessing Preprocessing { get; }

    /// <summary>Fills a tensor 3 x height x width, or with the channels last, from an image of any size, which is scaled and cut as the settings say.</summary>
    /// <exception cref="ArgumentException">The tensor has another number of elements.</exception>
    /// <exception cref="InvalidFileException">The image is so long that it would fill the memory when scaled by its short side.</exception>
    public void Fill(RgbImage image, Span<float> tensor)
    {
        ArgumentNullException.ThrowIfNull(image);
        Fill(Fit(image).Pixels, tensor);
    }

    /// <summary>Fills a tensor 3 x height x width, or with the channels last, from pixels, height x width x 3, that have the network's size.</summary>
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

    /// <summary>The image of a tensor 3 x height x width, or with the channels last: the inverse of <see cref="Fill(ReadOnlySpan{byte}, Span{float})"/>, rounded and clamped to bytes.</summary>
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

    // The long side is rounded down and the crop's corner to the nearest even, as torchvision has it.
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
        // In double, so that the result does not hang on whether one divides by 255 or multiplies by its inverse.
        var scale = Preprocessing.Scale == Preprocessing.DefaultScale ? 1.0 / 255 : Preprocessing.Scale;
        return
        [
            .. Enumerable
                .Range(0, 256)
                .Select(pixel => (float)((pixel * scale - Preprocessing.Mean[channel]) / Preprocessing.Std[channel])),
        ];
    }

    // Where the first number of a channel is, and how far it is from each to the next.
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
