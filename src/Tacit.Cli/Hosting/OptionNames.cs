using Tacit.Learning.Quantization;
using Tacit.Learning.Quantization.Hast;

namespace Tacit.Cli.Hosting;

/// <summary>The options of the command line that stand for properties of the libraries.</summary>
internal static class OptionNames
{
    private static readonly (string Property, string Option)[] Names =
    [
        ($"{nameof(QuantizationOptions)}.{nameof(QuantizationOptions.MaxBytes)}", "--max-bytes"),
        ($"{nameof(QuantizationOptions)}.{nameof(QuantizationOptions.Storage)}", "--weight-storage"),
        ($"{nameof(QuantizationOptions)}.{nameof(QuantizationOptions.AllowRounding)}", "--allow-rounding"),
        ($"{nameof(QuantizationSource)}.{nameof(QuantizationSource.Task)}", "--task"),
        ($"{nameof(SynthesisOptions)}.{nameof(SynthesisOptions.Samples)}", "--samples"),
        (nameof(CalibrationData), "--calibration"),
    ];

    /// <summary>A library's message with options in place of properties.</summary>
    public static string In(string message) =>
        Names.Aggregate(message, (text, name) => text.Replace(name.Property, name.Option, StringComparison.Ordinal));
}
