using System.Globalization;
using Tacit.Cli.Output;
using Tacit.Inference.Contracts;
using Tacit.Inference.Images;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization;

namespace Tacit.Cli.Commands.Quantize;

/// <summary>Converts synthetic samples to pictures: images, or several frames of a clip side by side.</summary>
internal static class SamplePictures
{
    /// <summary>The largest number of images on the page.</summary>
    public const int Count = 60;

    /// <summary>The largest number of clips on the page. They are wider than images.</summary>
    public const int ClipCount = 12;

    private const int LargestSide = 160;

    /// <summary>Returns pictures of samples that are evenly spaced over the set, with captions.</summary>
    /// <param name="samples">The samples, (N, C, H, W) or (N, C, T, H, W).</param>
    /// <param name="confidences">
    /// The float network's probability, 0 to 1, of the class of each sample; empty for an encoder, whose samples have prototypes.
    /// </param>
    /// <param name="contract">The input, classes and metadata of the network.</param>
    /// <returns>
    /// At most <see cref="Count"/> images or <see cref="ClipCount"/> clips; empty if samples do not have 1 or 3 channels.
    /// </returns>
    public static Pictures Of(SyntheticSet samples, IReadOnlyList<float> confidences, NetworkContract contract)
    {
        if (Painter(samples, contract) is not { } paint)
        {
            return new Pictures([], AreStrips: false);
        }

        var (classes, isClip) = (contract.Classes, contract.Input is ClipInput);
        var count = Math.Min(isClip ? ClipCount : Count, samples.Count);
        return new Pictures(
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(place => (int)((long)place * samples.Count / count))
                    .Select(sample => new Picture(
                        ImageEncoder.ToPng(isClip ? paint(sample) : Smaller(paint(sample))),
                        samples.Labels[sample] switch
                        {
                            < 0 => "statistics alone",
                            var label when confidences.Count == 0 => $"prototype {label}",
                            var label =>
                                $"{(label < classes.Length ? classes[label] : $"class {label}")}, {Format.Percent(100.0 * confidences[sample])}",
                        }
                    )),
            ],
            isClip
        );
    }

    /// <summary>
    /// Returns a function that converts the sample with a given index to an image; null if samples do not have 1 or 3 channels.
    /// </summary>
    /// <remarks>
    /// The preprocessing of the network is undone if it is known. Otherwise the range of each sample is scaled to 0 to 255.
    /// </remarks>
    /// <param name="samples">The samples, (N, C, H, W) or (N, C, T, H, W).</param>
    /// <param name="contract">The input and metadata of the network.</param>
    public static Func<int, RgbImage>? Painter(SyntheticSet samples, NetworkContract contract)
    {
        var sizes = samples.Images.Sizes;
        if (contract.Input is ClipInput && sizes[1] is 1 or 3)
        {
            var clip = sizes[1] == 3 ? contract.Metadata.Clips : null;
            return sample => ContactSheets.Strip(Frames(samples, sample, clip));
        }

        if (contract.Input is not ImageInput || sizes[1] is not (1 or 3))
        {
            return null;
        }

        var (channels, height, width) = ((int)sizes[1], (int)sizes[2], (int)sizes[3]);
        if (
            channels == 3
            && contract.Metadata.Images is { } preprocessing
            && preprocessing.Width == width
            && preprocessing.Height == height
        )
        {
            var preprocessor = new Preprocessor(preprocessing);
            return sample => preprocessor.ToImage(Pixels(samples, sample));
        }

        return sample => Stretched(Pixels(samples, sample), channels, width, height);
    }

    /// <summary>Returns the name of a sample's file, such as "00012-class3.png", or "00012.png" for a sample without a class.</summary>
    /// <param name="samples">The samples.</param>
    /// <param name="sample">The index of the sample, from 0.</param>
    public static string FileName(SyntheticSet samples, int sample) =>
        samples.Labels[sample] < 0
            ? string.Create(CultureInfo.InvariantCulture, $"{sample:00000}.png")
            : string.Create(CultureInfo.InvariantCulture, $"{sample:00000}-class{samples.Labels[sample]}.png");

    /// <summary>Returns the values of one sample without copying them.</summary>
    private static ReadOnlySpan<float> Pixels(SyntheticSet samples, int sample) =>
        samples.Images.As<float>().Slice(sample * samples.SampleSize, samples.SampleSize);

    /// <summary>
    /// Converts the frames of a clip to images. The normalisation is undone if it is known; otherwise the range of the whole clip is scaled
    /// to 0 to 255, so that all frames have the same scale.
    /// </summary>
    private static RgbImage[] Frames(SyntheticSet samples, int sample, ClipPreprocessing? clip)
    {
        var sizes = samples.Images.Sizes; // N x C x T x H x W
        var (channels, count, height, width) = ((int)sizes[1], (int)sizes[2], (int)sizes[3], (int)sizes[4]);
        var plane = height * width;
        var pixels = Pixels(samples, sample);
        var (low, high) = Range(pixels);
        var frames = new RgbImage[count];
        for (var frame = 0; frame < count; frame++)
        {
            var bytes = new byte[3 * plane];
            for (var i = 0; i < bytes.Length; i++)
            {
                var channel = i % 3;
                var value = pixels[(Math.Min(channel, channels - 1) * count + frame) * plane + i / 3];
                var level = clip is null
                    ? (value - low) / Math.Max(high - low, float.Epsilon)
                    : value * clip.Std[channel] + clip.Mean[channel];
                bytes[clip?.ColorOrder == ColorOrder.BGR ? i + 2 - 2 * channel : i] = (byte)Math.Clamp(255 * level, 0, 255);
            }

            frames[frame] = new RgbImage(width, height, bytes);
        }

        return frames;
    }

    /// <summary>Scales the range of a sample, (C, H, W), to 0 to 255. One channel becomes grey.</summary>
    private static RgbImage Stretched(ReadOnlySpan<float> tensor, int channels, int width, int height)
    {
        var (low, high) = Range(tensor);
        var scale = high > low ? 255 / (high - low) : 0;
        var plane = width * height;
        var pixels = new byte[plane * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)((tensor[i % 3 % channels * plane + i / 3] - low) * scale);
        }

        return new RgbImage(width, height, pixels);
    }

    /// <summary>Returns the smallest and the largest value.</summary>
    private static (float Low, float High) Range(ReadOnlySpan<float> values)
    {
        var (low, high) = (float.MaxValue, float.MinValue);
        foreach (var value in values)
        {
            (low, high) = (MathF.Min(low, value), MathF.Max(high, value));
        }

        return (low, high);
    }

    /// <summary>Scales an image down so that its longer side has at most 160 pixels. Pages with many large images are slow.</summary>
    private static RgbImage Smaller(RgbImage image)
    {
        var side = Math.Max(image.Width, image.Height);
        return side <= LargestSide
            ? image
            : ImageResizer.Resize(image, Math.Max(1, image.Width * LargestSide / side), Math.Max(1, image.Height * LargestSide / side));
    }
}
