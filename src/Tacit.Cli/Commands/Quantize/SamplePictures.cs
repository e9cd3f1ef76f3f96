using System.Globalization;
using Tacit.Cli.Output;
using Tacit.Inference.Contracts;
using Tacit.Inference.Images;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization;

namespace Tacit.Cli.Commands.Quantize;

/// <summary>Synthetic samples as pictures: images, and some frames of each clip beside each other.</summary>
internal static class SamplePictures
{
    /// <summary>The most images on the page.</summary>
    public const int Count = 60;

    /// <summary>The most clips on the page.</summary>
    public const int ClipCount = 12;

    private const int LargestSide = 160;

    /// <summary>Some of the samples for the page, evenly spaced over them; none where they are no pictures.</summary>
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

    /// <summary>Turns a sample into an image; null where samples are not pictures of one or three channels.</summary>
    /// <remarks>With the network's preprocessing undone where it is known, else each sample's range stretched to that of pixels.</remarks>
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

    /// <summary>The name of a sample's file, such as "00012-class3.png"; "00012.png" where it was made for no class.</summary>
    public static string FileName(SyntheticSet samples, int sample) =>
        samples.Labels[sample] < 0
            ? string.Create(CultureInfo.InvariantCulture, $"{sample:00000}.png")
            : string.Create(CultureInfo.InvariantCulture, $"{sample:00000}-class{samples.Labels[sample]}.png");

    private static ReadOnlySpan<float> Pixels(SyntheticSet samples, int sample) =>
        samples.Images.As<float>().Slice(sample * samples.SampleSize, samples.SampleSize);

    // The frames of a clip, with its normalisation undone where it is known, else the clip's range stretched to that of pixels.
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

    private static (float Low, float High) Range(ReadOnlySpan<float> values)
    {
        var (low, high) = (float.MaxValue, float.MinValue);
        foreach (var value in values)
        {
            (low, high) = (MathF.Min(low, value), MathF.Max(high, value));
        }

        return (low, high);
    }

    private static RgbImage Smaller(RgbImage image)
    {
        var side = Math.Max(image.Width, image.Height);
        return side <= LargestSide
            ? image
            : ImageResizer.Resize(image, Math.Max(1, image.Width * LargestSide / side), Math.Max(1, image.Height * LargestSide / side));
    }
}
