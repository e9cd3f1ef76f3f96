using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>
/// Computes the batch-norm statistics loss L_BNS: the distance between the statistics of a batch and those that the batch norms
/// store of the training data.
/// </summary>
/// <remarks>
/// L_BNS = 1/L · Σₗ mse(μₗ, running meanₗ) + 1/L · Σₗ mse(σ²ₗ, running varianceₗ), where the mean μ and the biased variance σ² are
/// taken for each channel of the input of each of the L batch norms, and mse is the mean over the channels (HAST, equation 2,
/// after ZeroQ).
/// </remarks>
internal static class BatchNormStatisticsLoss
{
    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="norms">
    /// The input, (N, C, ...), the running mean, (C), and the running variance, (C), of each batch norm; at least one.
    /// </param>
    /// <returns>The loss, a scalar.</returns>
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
