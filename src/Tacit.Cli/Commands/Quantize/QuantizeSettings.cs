using System.Globalization;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization;

namespace Tacit.Cli.Commands.Quantize;

/// <summary>Lists the settings of a finished quantisation for its page.</summary>
internal static class QuantizeSettings
{
    /// <summary>Returns the settings as names and values, in the order of the page.</summary>
    /// <remarks>Settings of stages that did not run, such as fine-tuning at 8 bits, are omitted.</remarks>
    /// <param name="request">The request.</param>
    /// <param name="source">The float network.</param>
    /// <param name="result">The result, which has the number of samples and the kernels of ONNX Runtime.</param>
    public static IEnumerable<Fact> Of(QuantizeRequest request, QuantizationSource source, QuantizationResult result)
    {
        var options = request.Options;
        yield return new("task", result.Task.ToString().ToLowerInvariant());
        yield return new("preset", request.Preset.ToString().ToLowerInvariant());
        yield return new(
            "weights",
            (options.MaxBytes is { } most ? $"chosen within {Format.Count(most)} bytes" : $"{options.Bits.Weights} bits")
                + string.Concat(options.Bits.Named.Select(named => $", {named}"))
                + $", range {request.Options.Bits.Range.ToString().ToLowerInvariant()}, stored as {request.Options.Storage.ToString().ToLowerInvariant()}"
        );
        yield return new("activations", $"{options.Bits.Activations} bits, ranges by {options.Ranges}");
        yield return new("first and last layer", options.Bits.FirstAndLast is { } bits ? $"{bits} bits" : "as the others");
        if (options.Synthesis is { } synthesis)
        {
            yield return new(
                "samples",
                request.Files.SamplesFrom
                    ?? $"{result.Samples!.Count}, {synthesis.Steps} steps for each batch of up to {synthesis.BatchSize}"
            );
            yield return new("hard samples", OnOff(synthesis.InceptionWeight is not 0));
        }

        if (request.Files.Calibration is { } calibration)
        {
            yield return new(source.Contract.Samples, $"{calibration}, at most {request.Files.CalibrationImages}");
        }

        yield return new(
            "fine-tuning",
            FineTunes(request, result)
                ? $"{options.FineTuning.Steps} steps of up to {options.FineTuning.BatchSize} samples, rate {Number(options.FineTuning.LearningRate)}"
                : "none"
        );
        if (FineTunes(request, result))
        {
            yield return new("promotion of samples", OnOff(options.FineTuning.Perturbation > 0));
            yield return new("feature alignment", OnOff(options.FineTuning.FeatureWeight > 0));
            if (result.Task == NetworkTask.Features)
            {
                yield return new("prototypes", OnOff(options.FineTuning.Prototypes));
            }
        }

        yield return new("seed", $"{request.Seed()}");
        yield return new("device", request.Device);
        yield return new("kernels in ONNX Runtime", result.Kernels.ToString());
        yield return new(
            "largest sum of two products",
            $"{Format.Count(result.Kernels.LargestPair)}, of {Format.Count(SaturationBound.Limit)} that every processor computes exactly"
        );
        yield return new("integer instructions here", IntegerInstructions.Name);
    }

    /// <summary>
    /// Whether the run has fine-tuned: there were steps, samples, and a layer or activation with fewer than 7 bits or a request for steps.
    /// </summary>
    private static bool FineTunes(QuantizeRequest request, QuantizationResult result) =>
        request.Options.FineTuning.Steps > 0
        && (result.Samples is not null || request.Files.Calibration is not null)
        && (
            request.Options.AlwaysFineTunes
            || result.Layers.Any(layer => layer.Bits < BitWidths.Sufficient)
            || result.Activations.Any(activation => activation.Bits < BitWidths.Sufficient)
        );

    private static string OnOff(bool on) => on ? "on" : "off";

    private static string Number(double value) => value.ToString("0.#e0", CultureInfo.InvariantCulture);
}
