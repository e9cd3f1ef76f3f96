using System.Collections.Immutable;
using System.Globalization;

namespace Tacit.Inference.Contracts;

public sealed partial record ModelMetadata
{
    /// <summary>
    /// Width and height joined by "x", such as "32x32". If this key is present, the file states the preprocessing of images.
    /// </summary>
    public const string ImageSizeKey = ImagePrefix + "size";

    /// <summary>The mean of each channel, such as "0.485,0.456,0.406". Default 0.</summary>
    public const string ImageMeanKey = ImagePrefix + "mean";

    /// <summary>The standard deviation of each channel, such as "0.229,0.224,0.225". Default 1.</summary>
    public const string ImageStdKey = ImagePrefix + "std";

    /// <summary>The factor by which pixel values are multiplied, such as "0.003921569". Default 1/255.</summary>
    public const string ImageScaleKey = ImagePrefix + "scale";

    /// <summary>The order of the channels: "RGB", the default, or "BGR".</summary>
    public const string ImageColorOrderKey = ImagePrefix + "order";

    /// <summary>
    /// "stretch" (default), or for example "short-side:256": the short side is scaled to this size, then the centre is cropped.
    /// </summary>
    public const string ImageResizeKey = ImagePrefix + "resize";

    private const string ImagePrefix = Prefix + "input.";
    private const string Stretch = "stretch";
    private const string ShortSidePrefix = "short-side:";

    private static ImmutableArray<string> ImageKeys =>
        [ImageSizeKey, ImageMeanKey, ImageStdKey, ImageScaleKey, ImageColorOrderKey, ImageResizeKey];

    internal static string Text(Preprocessing images) => Text(Write(images), ImagePrefix);

    private static SortedDictionary<string, string> Write(Preprocessing images) =>
        new(StringComparer.Ordinal)
        {
            [ImageSizeKey] = string.Create(CultureInfo.InvariantCulture, $"{images.Width}x{images.Height}"),
            [ImageMeanKey] = images.Mean.ToString(),
            [ImageStdKey] = images.Std.ToString(),
            [ImageScaleKey] = images.Scale.ToString(CultureInfo.InvariantCulture),
            [ImageColorOrderKey] = images.ColorOrder.ToString(),
            [ImageResizeKey] = images.Resize == ResizeMode.Stretch ? Stretch : ShortSidePrefix + Text(images.ShortSide),
        };

    private static Preprocessing? ReadImages(IReadOnlyDictionary<string, string> properties)
    {
        if (!Has(properties, ImageKeys))
        {
            return null;
        }

        var (width, height) = Size(properties[ImageSizeKey]);
        var images = new Preprocessing(width, height)
        {
            Mean = Triple(properties, ImageMeanKey, new(0)),
            Std = Triple(properties, ImageStdKey, new(1)),
            Scale = properties.TryGetValue(ImageScaleKey, out var scale) ? Number(scale) : Preprocessing.DefaultScale,
            ColorOrder = Order(properties, ImageColorOrderKey),
        };
        return WithResize(images, properties.GetValueOrDefault(ImageResizeKey, Stretch));
    }

    private static (int Width, int Height) Size(string text)
    {
        var parts = text.Split('x');
        return parts.Length == 2 && Whole(parts[0], out var width) && Whole(parts[1], out var height)
            ? (width, height)
            : throw new FormatException($"{ImageSizeKey} is \"{text}\", not WIDTHxHEIGHT");
    }

    private static float Number(string text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"{ImageScaleKey} is \"{text}\", not a number");

    private static Preprocessing WithResize(Preprocessing images, string text) =>
        text == Stretch ? images
        : text.StartsWith(ShortSidePrefix, StringComparison.Ordinal) && Whole(text[ShortSidePrefix.Length..], out var side)
            ? (images with { Resize = ResizeMode.ShortSideCrop, ShortSide = side }).Checked()
        : throw new FormatException($"{ImageResizeKey} is \"{text}\", not {Stretch} or {ShortSidePrefix}LENGTH");
}
