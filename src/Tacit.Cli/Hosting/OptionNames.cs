using System.Text.RegularExpressions;
using Tacit.Inference.Contracts;
using Tacit.Inference.Video.Clips;
using Tacit.Learning.Quantization;
using Tacit.Learning.Quantization.Hast;

namespace Tacit.Cli.Hosting;

/// <summary>Maps the names that messages of the libraries use to options and commands of the command line.</summary>
internal static class OptionNames
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    /// <summary>The names of the libraries and their options or commands.</summary>
    public static readonly (string Name, string Option)[] All =
    [
        ("parameter 'inputs'", "--input-shape"),
        ("parameter 'most'", "--calibration-images"),
        ($"{nameof(Preprocessing)}.{nameof(Preprocessing.Width)}", "--size"),
        ($"{nameof(ZeroShotQuantization)}.{nameof(ZeroShotQuantization.Synthesize)}", "tacit synthesize MODEL"),
        (nameof(ClipClassifier), "tacit evaluate"),
        ($"{nameof(QuantizationOptions)}.{nameof(QuantizationOptions.MaxBytes)}", "--max-bytes"),
        ($"{nameof(QuantizationOptions)}.{nameof(QuantizationOptions.Storage)}", "--weight-storage"),
        ($"{nameof(QuantizationOptions)}.{nameof(QuantizationOptions.AllowRounding)}", "--allow-rounding"),
        ($"{nameof(QuantizationSource)}.{nameof(QuantizationSource.Task)}", "--task"),
        ($"{nameof(SynthesisOptions)}.{nameof(SynthesisOptions.Samples)}", "--samples"),
        (nameof(CalibrationData), "--calibration"),
    ];

    /// <summary>
    /// Returns a message of a library with options instead of properties: "QuantizationOptions.MaxBytes" becomes "--max-bytes".
    /// </summary>
    /// <remarks>Names that are part of a path stay as they are.</remarks>
    public static string In(string message) => All.Aggregate(message, (text, name) => Replace(text, name.Name, name.Option));

    private static string Replace(string text, string name, string option) =>
        text.Contains(name, StringComparison.Ordinal)
            ? Regex.Replace(
                text,
                $@"(?<![\w./\\-]){Regex.Escape(name)}(?![\w/\\-]|\.\w)",
                option.Replace("$", "$$", StringComparison.Ordinal),
                RegexOptions.None,
                Limit
            )
            : text;
}
