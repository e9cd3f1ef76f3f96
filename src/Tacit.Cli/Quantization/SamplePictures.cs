using System.Globalization;
using System.Text.Json;
using Tacit.Cli.Reporting;
using Tacit.Inference.Images;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization;

namespace Tacit.Cli.Quantization;

/// <summary>Synthetic samples as pictures.</summary>
internal static class SamplePictures
{
    /// <summary>The most pictures on the page.</summary>
    public const int Count = 60;

    private const int LargestSide = 160;

    /// <summary>Some of the samples for the page; none where they are no images.</summary>
    public static IReadOnlyList<SamplePicture> Of(SyntheticSet samples, IReadOnlyList<float> confidences, IReadOnlyDictionary<string, string> metadata)
    {
        if (Painter(samples, metadata) is not { } paint)
        {
            return [];
        }

        var classes = Classes(metadata);
        return
        [
            .. Enumerable.Range(0, Math.Min(Count, samples.Count)).Select(sample => new SamplePicture(
                ImageEncoder.ToPng(Smaller(paint(sample))),
                samples.Labels[sample] < classes.Length ? classes[samples.Labels[sample]] : $"class {samples.Labels[sample]}",
                confidences[sample])),
        ];
    }

    /// <summary>Turns a sample into an image; null where samples are not images of one or three channels.</summary>
    /// <remarks>With the network's preprocessing undone where it is known, else each sample's range stretched to that of pixels.</remarks>
    public static Func<int, RgbImage>? Painter(SyntheticSet samples, IReadOnlyDictionary<string, string> metadata)
    {
        var sizes = samples.Images.Sizes;
        if (sizes.Length != 4 || sizes[1] is not (1 or 3))
        {
            return null;
        }

        var (channels, height, width) = ((int)sizes[1], (int)sizes[2], (int)sizes[3]);
        if (channels == 3 && Preprocessing.TryFromMetadata(metadata, out var preprocessing) && preprocessing.Width == width && preprocessing.Height == height)
        {
            var preprocessor = new Preprocessor(preprocessing);
            return sample => preprocessor.ToImage(Pixels(samples, sample));
        }

        return sample => Stretched(Pixels(samples, sample), channels, width, height);
    }

    /// <summary>The name of a sample's file, such as "00012-class3.png".</summary>
    public static string FileName(SyntheticSet samples, int sample) =>
        string.Create(CultureInfo.InvariantCulture, $"{sample:00000}-class{samples.Labels[sample]}.png");

    private static string[] Classes(IReadOnlyDictionary<string, string> metadata)
    {
        try
        {
            return metadata.TryGetValue(ImageClassifier.ClassesKey, out var json) ? JsonSerializer.Deserialize<string[]>(json) ?? [] : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static ReadOnlySpan<float> Pixels(SyntheticSet samples, int sample) =>
        samples.Images.As<float>().Slice(sample * samples.SampleSize, samples.SampleSize);

    private static RgbImage Stretched(ReadOnlySpan<float> tensor, int channels, int width, int height)
    {
        var (low, high) = (float.MaxValue, float.MinValue);
        foreach (var value in tensor)
        {
            (low, high) = (MathF.Min(low, value), MathF.Max(high, value));
        }

        var scale = high > low ? 255 / (high - low) : 0;
        var plane = width * height;
        var pixels = new byte[plane * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)((tensor[i % 3 % channels * plane + i / 3] - low) * scale);
        }

        return new RgbImage(width, height, pixels);
    }

    private static RgbImage Smaller(RgbImage image)
    {
        var side = Math.Max(image.Width, image.Height);
        return side <= LargestSide ? image : ImageResizer.Resize(
            image, Math.Max(1, image.Width * LargestSide / side), Math.Max(1, image.Height * LargestSide / side));
    }
}
