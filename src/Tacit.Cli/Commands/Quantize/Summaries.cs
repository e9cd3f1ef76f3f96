using System.Globalization;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization;
using Tacit.Learning.Quantization.Hast;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Quantize;

/// <summary>Puts together what a finished quantisation has to say.</summary>
internal static class Summaries
{
    private static readonly Dictionary<string, string> LossNames = new(StringComparer.Ordinal)
    {
        ["bns"] = "batch-norm statistics",
        ["hil"] = "hard samples",
        ["loss"] = "total",
        ["features"] = "feature alignment",
        ["gradient"] = "gradient norm",
    };

    /// <summary>The summary.</summary>
    public static QuantizationSummary Of(RunHost<QuantizeRequest> host, QuantizationSource source, QuantizationResult result)
    {
        var (request, metrics) = (host.Request, host.Metrics);
        return new QuantizationSummary
        {
            Model = request.Files.Model,
            Output = host.Output,
            Report = host.Report,
            Run = host.Folder,
            Metrics = metrics,
            WeightBits = request.Options.Bits.Weights,
            ActivationBits = request.Options.Bits.Activations,
            Preset = request.Preset.ToString().ToLowerInvariant(),
            Seed = (long)request.Seed(),
            Task = result.Task,
            Calibration = request.Files.Calibration,
            IsVideo = source.Contract.Input is ClipInput,
            Samples = result.Samples?.Count ?? 0,
            BytesBefore = result.BytesBefore,
            BytesAfter = result.BytesAfter,
            Evaluations = result.Evaluations,
            Seconds = host.Elapsed.TotalSeconds,
            Layers = [.. result.Activations.Select(noise => new LayerNoise(noise.Value, noise.Bits, noise.Decibels))],
            Weights = result.Layers,
            SynthesisLosses = Curves(metrics, HardSampleSynthesis.Stage),
            FineTuningLosses = Curves(metrics, HastFineTuning.Stage),
            Pictures = result.Samples is { } samples ? SamplePictures.Of(samples, result.Confidences, source.Contract) : [],
            Remarks = [.. Remarks(request, source, result)],
            Settings = [.. Settings(request, source, result)],
            Kernels = result.Kernels,
        };
    }

    private static List<Curve> Curves(IEnumerable<MetricsEntry> metrics, string stage) =>
        [
            .. metrics
                .Where(entry => entry.Stage == stage)
                .SelectMany(entry => entry.Values.Select(value => (value.Key, Point: new CurvePoint(entry.Step, value.Value))))
                .GroupBy(value => value.Key, StringComparer.Ordinal)
                .Select(values => new Curve(LossNames.GetValueOrDefault(values.Key, values.Key), [.. values.Select(value => value.Point)])),
        ];

    private static IEnumerable<string> Remarks(QuantizeRequest request, QuantizationSource source, QuantizationResult result)
    {
        var fewest = result.Layers.Min(layer => layer.Bits);
        if (fewest < BitWidths.Sufficient || request.Options.Bits.Activations < 8)
        {
            yield return "Fewer than 8 bits do not make the network faster: ONNX Runtime computes in 8 bits on processors."
                + (
                    request.Options.Storage == WeightStorage.Int8 && fewest < BitWidths.Sufficient
                        ? " Weights are stored a byte each; --weight-storage packed stores their bits alone."
                        : ""
                );
        }

        if (result.Samples is null && request.Files.Calibration is null)
        {
            yield return $"The network was rounded without batch norms and {source.Contract.Samples}: the ranges of its activations were observed on noise. Evaluate it before you use it (tacit evaluate).";
        }
        else if (result.Samples is null && source.BatchNorms.Kept == 0)
        {
            yield return $"The file keeps no batch norms to synthesise samples from, so the {source.Contract.Samples} alone were learnt from, and there is no zero-shot result to compare with.";
        }

        if (
            request.Options.Bits.Range == WeightRange.Safe
            && AsksFor8Bits(request.Options.Bits)
            && result.Layers.Any(layer => layer.Bits == 7)
        )
        {
            yield return "Weights use 7 of their 8 bits, so that the network computes the same on every processor. --weight-range full uses all 8, for processors with VNNI.";
        }

        if (result.Kernels.Saturating.Count() is > 0 and var saturating)
        {
            yield return $"{saturating} layers may saturate on x86 processors without VNNI, where the network then computes something else{(IntegerInstructions.Saturate ? ", as on this machine" : "")}. --weight-range safe, the default, rules that out.";
        }

        if (result.Kernels.Counts.Where(kernel => kernel.Key is "Conv" or "FusedConv").Sum(kernel => kernel.Value) is > 0 and var left)
        {
            yield return $"{left} convolutions are computed in floating point by ONNX Runtime.";
        }

        if (!source.Contract.StatesPreprocessing)
        {
            yield return $"The file does not say how {source.Contract.Samples} are prepared for it; --mean and --std store that in it.";
        }
    }

    private static IEnumerable<Fact> Settings(QuantizeRequest request, QuantizationSource source, QuantizationResult result)
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
            if (result.Task == NetworkTask.Encoder)
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

    private static bool FineTunes(QuantizeRequest request, QuantizationResult result) =>
        request.Options.FineTuning.Steps > 0
        && (result.Samples is not null || request.Files.Calibration is not null)
        && (
            result.Layers.Any(layer => layer.Bits < BitWidths.Sufficient)
            || result.Activations.Any(activation => activation.Bits < BitWidths.Sufficient)
        );

    private static bool AsksFor8Bits(BitWidths bits) =>
        bits.Weights == 8 || bits.FirstAndLast == 8 || bits.Named.Any(named => named.Bits == 8);

    private static string OnOff(bool on) => on ? "on" : "off";

    private static string Number(double value) => value.ToString("0.#e0", CultureInfo.InvariantCulture);
}
