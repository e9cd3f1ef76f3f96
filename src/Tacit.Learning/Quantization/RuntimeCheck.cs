using System.Globalization;
using Tacit.Graphs;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Metrics;
using Tacit.Inference.Sessions;

namespace Tacit.Learning.Quantization;

/// <summary>Checks that ONNX Runtime computes from a quantised file what the simulation of it computes in TorchSharp.</summary>
/// <param name="source">The float network, for its task and its name in messages.</param>
/// <param name="range">
/// The range of integer weights. A file with <see cref="WeightRange.Full"/> is not checked on a processor whose integer
/// instructions saturate, because it is made for others.
/// </param>
internal sealed class RuntimeCheck(QuantizationSource source, WeightRange range)
{
    /// <summary>The lowest signal-to-noise ratio of ONNX Runtime to the simulation that passes, in decibels.</summary>
    /// <remarks>
    /// Where a value lies between two integers, the two may round it differently, and with few bits such steps are coarse and
    /// propagate through the layers. Most networks are above 100 dB; random MobileNets of 2 or 3 bits go down to 7 dB.
    /// A file that computes something else is at 0 dB or below.
    /// </remarks>
    public const double LeastDecibels = 3;

    /// <summary>The signal-to-noise ratio from which on the samples are not compared one by one, in decibels.</summary>
    /// <remarks>
    /// A mean that all outputs share can hide that the samples differ. Below this ratio, most samples must therefore be alike,
    /// too: the same class, or a mean cosine similarity of at least 0.5.
    /// </remarks>
    public const double SureDecibels = 20;

    private const double LeastLikeness = 0.5;
    private const int TellingCount = 16; // with fewer samples, a few ties decide

    /// <summary>Judges the comparison of the file with its simulation.</summary>
    /// <param name="comparison">The outputs of the file in ONNX Runtime, compared with those of the simulation.</param>
    /// <param name="count">The number of samples that were compared.</param>
    /// <exception cref="UnsuitableModelException">The outputs differ, or are not finite.</exception>
    public void Check(OutputComparison comparison, int count)
    {
        if (range == WeightRange.Full && IntegerInstructions.Saturate)
        {
            return;
        }

        var decibels = comparison.LowestDecibels;
        var isUnlike =
            decibels < SureDecibels && count >= TellingCount && QuantizationEvaluator.Likeness(source.Task, comparison) < LeastLikeness;

        // A ratio of numbers that are not finite is NaN. An output of zeros has no signal; whole numbers may change where two are alike.
        var isWrong = comparison.Differences.Any(output =>
            output.IsInteger ? count >= TellingCount && output.Equal < LeastLikeness
            : output.LargestValue == 0 && double.IsFinite(output.LargestDifference) ? false
            : !(output.Decibels >= LeastDecibels)
        );
        if (isUnlike || isWrong)
        {
            throw new UnsuitableModelException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{source.Original.Name} is not quantised: {(comparison.Differences.All(output => double.IsFinite(output.LargestDifference)) ? $"ONNX Runtime computes something else from the quantised file than the simulation, a signal of {decibels:0.0} dB over the difference" : "the quantised file gives numbers that are not finite")}; please report it"
                )
            )
            {
                Path = source.Original.Name,
            };
        }
    }
}
