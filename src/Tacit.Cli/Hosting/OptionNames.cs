using Tacit.Inference.Contracts;
using Tacit.Inference.Video.Clips;
using Tacit.Learning.Quantization;
using Tacit.Learning.Quantization.Hast;

namespace Tacit.Cli.Hosting;

/// <summary>The options and commands that stand for what messages of the libraries name.</summary>
internal static class OptionNames
{
    /// <summary>The libraries' names, and what they are called on the command line.</summary>
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

    /// <summary>A library's message with options in place of the names of the library.</summary>
    public static string In(string message) =>
        All.Aggregate(message, (text, name) => text.Replace(name.Name, name.Option, StringComparison.Ordinal));
}
