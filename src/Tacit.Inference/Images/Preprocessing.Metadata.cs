using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Tacit.Graphs;

namespace Tacit.Inference.Images;

public sealed partial record Preprocessing
{
    /// <summary>Width and height joined by "x", such as "32x32". The key whose presence says that there is preprocessing.</summary>
    public const string SizeKey = "tacit.input.size";

    /// <summary>The mean of each channel, such as "0.485,0.456,0.406". Default 0.</summary>
    public const string MeanKey = "tacit.input.mean";

    /// <summary>The standard deviation of each channel, such as "0.229,0.224,0.225". Default 1.</summary>
    public const string StdKey = "tacit.input.std";

    /// <summary>What pixel values are multiplied by, such as "0.003921569". Default 1/255.</summary>
    public const string ScaleKey = "tacit.input.scale";

    /// <summary>The order of the channels: "RGB", the default, or "BGR".</summary>
    public const string ColorOrderKey = "tacit.input.order";

    /// <summary>"stretch", the default, or "short-side:256": scaled to that short side, then the centre is cut out.</summary>
    public const string ResizeKey = "tacit.input.resize";

    private const string ShortSidePrefix = "short-side:";

    /// <summary>This preprocessing as metadata properties of an ONNX file; <see cref="TryFromMetadata"/> gives the same back.</summary>
    public IReadOnlyDictionary<string, string> ToMetadata() =>
        new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [SizeKey] = string.Create(CultureInfo.InvariantCulture, $"{Width}x{Height}"),
            [MeanKey] = Mean.ToString(),
            [StdKey] = Std.ToString(),
            [ScaleKey] = Scale.ToString(CultureInfo.InvariantCulture),
            [ColorOrderKey] = ColorOrder.ToString(),
            [ResizeKey] =
                Resize == ResizeMode.Stretch ? "stretch" : string.Create(CultureInfo.InvariantCulture, $"{ShortSidePrefix}{ShortSide}"),
        };

    /// <summary>Reads what <see cref="ToMetadata"/> wrote.</summary>
    /// <returns>False where the metadata has no <see cref="SizeKey"/>.</returns>
    /// <exception cref="UnsuitableModelException">A property is there but does not make sense.</exception>
    public static bool TryFromMetadata(IReadOnlyDictionary<string, string> metadata, [NotNullWhen(true)] out Preprocessing? preprocessing)
    {
        preprocessing = null;
        if (!metadata.TryGetValue(SizeKey, out var size))
        {
            return false;
        }

        try
        {
            var (width, height) = Size(size);
            preprocessing = WithResize(
                new Preprocessing(width, height)
                {
                    Mean = Triple(metadata, MeanKey, new(0)),
                    Std = Triple(metadata, StdKey, new(1)),
                    Scale = metadata.TryGetValue(ScaleKey, out var scale) ? Number(scale) : DefaultScale,
                    ColorOrder = Order(metadata, ColorOrderKey),
                },
                metadata.GetValueOrDefault(ResizeKey, "stretch")
            );
            return true;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or OverflowException)
        {
            throw new UnsuitableModelException($"the model's metadata on its input makes no sense: {FirstLine(exception)}", exception);
        }
    }

    private static (int Width, int Height) Size(string text)
    {
        var parts = text.Split('x');
        return parts.Length == 2 && Whole(parts[0], out var width) && Whole(parts[1], out var height)
            ? (width, height)
            : throw new FormatException($"{SizeKey} is \"{text}\", not WIDTHxHEIGHT");
    }

    internal static ChannelTriple Triple(IReadOnlyDictionary<string, string> metadata, string key, ChannelTriple absent) =>
        !metadata.TryGetValue(key, out var text) ? absent
        : ChannelTriple.TryParse(text, out var triple) ? triple
        : throw new FormatException($"{key} is \"{text}\", not three numbers joined by commas");

    private static float Number(string text) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"{ScaleKey} is \"{text}\", not a number");

    internal static ColorOrder Order(IReadOnlyDictionary<string, string> metadata, string key) =>
        metadata.GetValueOrDefault(key, "RGB") switch
        {
            "RGB" => ColorOrder.RGB,
            "BGR" => ColorOrder.BGR,
            var text => throw new FormatException($"{key} is \"{text}\", not RGB or BGR"),
        };

    private static Preprocessing WithResize(Preprocessing preprocessing, string text) =>
        text == "stretch" ? preprocessing
        : text.StartsWith(ShortSidePrefix, StringComparison.Ordinal) && Whole(text[ShortSidePrefix.Length..], out var side)
            ? (preprocessing with { Resize = ResizeMode.ShortSideCrop, ShortSide = side }).Checked()
        : throw new FormatException($"{ResizeKey} is \"{text}\", not stretch or {ShortSidePrefix}LENGTH");

    internal static bool Whole(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    internal static string FirstLine(Exception exception) => exception.Message.Split('\n')[0].Split(" (Parameter")[0];
}
