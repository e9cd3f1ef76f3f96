using System.Collections.Immutable;
using Tacit.Inference.Video.Clips;

namespace Tacit.Inference.Contracts;

public sealed partial record ModelMetadata
{
    /// <summary>The number of frames of a clip, such as "16". If this key is present, the file states the preprocessing of clips.</summary>
    public const string FramesKey = ClipPrefix + "frames";

    /// <summary>The step between frames of a clip. Default 1.</summary>
    public const string StrideKey = ClipPrefix + "stride";

    /// <summary>The side of the square in pixels, such as "112".</summary>
    public const string ClipSizeKey = ClipPrefix + "size";

    /// <summary>The mean of each channel, such as "0.485,0.456,0.406". Default 0.</summary>
    public const string ClipMeanKey = ClipPrefix + "mean";

    /// <summary>The standard deviation of each channel, such as "0.229,0.224,0.225". Default 1.</summary>
    public const string ClipStdKey = ClipPrefix + "std";

    /// <summary>The order of the channels: "RGB", the default, or "BGR".</summary>
    public const string ClipColorOrderKey = ClipPrefix + "order";

    /// <summary>The number of clips of a video in evaluations. Default 10.</summary>
    public const string TestClipsKey = ClipPrefix + "test-clips";

    private const string ClipPrefix = Prefix + "clip.";

    private static ImmutableArray<string> ClipKeys =>
        [FramesKey, StrideKey, ClipSizeKey, ClipMeanKey, ClipStdKey, ClipColorOrderKey, TestClipsKey];

    internal static string Text(ClipPreprocessing clips) => Text(Write(clips), ClipPrefix);

    private static SortedDictionary<string, string> Write(ClipPreprocessing clips) =>
        new(StringComparer.Ordinal)
        {
            [FramesKey] = Text(clips.Frames),
            [StrideKey] = Text(clips.Stride),
            [ClipSizeKey] = Text(clips.Size),
            [ClipMeanKey] = clips.Mean.ToString(),
            [ClipStdKey] = clips.Std.ToString(),
            [ClipColorOrderKey] = clips.ColorOrder.ToString(),
            [TestClipsKey] = Text(clips.TestClips),
        };

    private static ClipPreprocessing? ReadClips(IReadOnlyDictionary<string, string> properties) =>
        !Has(properties, ClipKeys)
            ? null
            : new ClipPreprocessing(Number(properties, FramesKey), Number(properties, ClipSizeKey))
            {
                Stride = Number(properties, StrideKey, 1),
                Mean = Triple(properties, ClipMeanKey, new(0)),
                Std = Triple(properties, ClipStdKey, new(1)),
                ColorOrder = Order(properties, ClipColorOrderKey),
                TestClips = Number(properties, TestClipsKey, ClipPreprocessing.DefaultTestClips),
            };

    private static int Number(IReadOnlyDictionary<string, string> properties, string key, int? absent = null) =>
        !properties.TryGetValue(key, out var text) ? absent ?? throw new FormatException($"{key} is missing")
        : Whole(text, out var number) ? number
        : throw new FormatException($"{key} is \"{text}\", not a whole number");
}
