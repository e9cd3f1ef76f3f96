using Tacit.Cli.Output;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization;

namespace Tacit.Cli.Commands.Quantize;

/// <summary>Lists remarks on a quantised network: saturation, storage, preprocessing, and results that could not be measured.</summary>
internal static class QuantizeRemarks
{
    private const double LowDecibels = 20;

    /// <summary>Returns the remarks that apply, one sentence or two each; empty if none apply.</summary>
    /// <remarks>
    /// They concern fewer than 8 bits, outputs far from those of the float network, rounding on noise, a result without synthetic samples, weights of 7 bits in the safe range, layers
    /// that may saturate, convolutions that stay in floating point, and unknown preprocessing.
    /// </remarks>
    /// <param name="request">The request.</param>
    /// <param name="source">The float network.</param>
    /// <param name="result">The result.</param>
    public static IEnumerable<string> Of(QuantizeRequest request, QuantizationSource source, QuantizationResult result)
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
            yield return $"The file keeps no batch norms to synthesise samples from, so only the {source.Contract.Samples} were used, and there is no zero-shot result to compare with.";
        }

        if (
            fewest >= BitWidths.Sufficient
            && !request.Options.AlwaysFineTunes
            && result.Evaluations[^1] is { Decibels: < LowDecibels } judged
            && judged.Outputs.Where(output => !output.IsInteger).MinBy(output => output.Decibels) is { } worst
        )
        {
            yield return $"The output {worst.Name} has a signal-to-noise ratio of {Format.Decibels(worst.Decibels)} against the float network. Fine-tuning (--steps 300), more {source.Contract.Samples} (--calibration) or layers kept in float (--float) may improve it.";
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

    /// <summary>Whether any weights were requested with 8 bits.</summary>
    private static bool AsksFor8Bits(BitWidths bits) =>
        bits.Weights == 8 || bits.FirstAndLast == 8 || bits.Named.Any(named => named.Bits == 8);
}
