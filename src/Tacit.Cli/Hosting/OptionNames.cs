using Tacit.Learning.Quantization;
using Tacit.Learning.Quantization.Hast;

namespace Tacit.Cli.Hosting;

/// <summary>Maps properties of the libraries to options of the command line.</summary>
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

    /// <summary>
    /// Returns a message of a library with options instead of properties: "QuantizationOptions.MaxBytes" becomes "--max-bytes".
    /// </summary>
    public static string In(string message) =>
        Names.Aggregate(message, (text, name) => text.Replace(name.Property, name.Option, StringComparison.Ordinal));
}
