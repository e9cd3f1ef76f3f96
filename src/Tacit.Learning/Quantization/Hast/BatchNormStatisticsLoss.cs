using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>How far a batch's statistics lie from those that the network's batch norms remember of its training data.</summary>
/// <remarks>
/// L_BNS = 1/L · sum over layers of mse(mean, running mean) + 1/L · sum over layers of mse(variance, running variance),
/// where mean and (biased) variance are taken per channel over the input of each of the L batch norms, and mse is the mean over
/// channels (HAST, equation 2, after ZeroQ).
/// </remarks>
internal static class BatchNormStatisticsLoss
{
    /// <summary>The loss of a batch, a scalar.</summary>
    /// <param name="norms">
    /// Of each batch norm, at least one: its input, (N, C, ...), and its running mean and variance, (C) each.
    /// </param>
    public static Tensor Forward(IReadOnlyCollection<(Tensor Input, Tensor Mean, Tensor Variance)> norms)
    {
        var loss = zeros([], device: norms.First().Mean.device);
        foreach (var (input, runningMean, runningVariance) in norms)
        {
            // The two moments by contiguous sums: var_mean over the batch and space together takes a third of the whole step.
            var value = input.dim() == 2 ? input.unsqueeze(2) : input.flatten(2); // (N, C, space)
            var mean = value.mean([2L]).mean([0L]); // (C)
            var variance = value.square().mean([2L]).mean([0L]) - mean.square(); // (C)
            loss = loss + (mean - runningMean).square().mean() + (variance - runningVariance).square().mean();
        }

        return loss / norms.Count;
    }
}
