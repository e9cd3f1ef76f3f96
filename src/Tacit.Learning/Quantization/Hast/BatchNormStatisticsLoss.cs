using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>How far a batch's statistics lie from those that the network's batch norms remember of its training data.</summary>
/// <remarks>
/// L_BNS = 1/L · sum over layers of mse(mean, running mean) + 1/L · sum over layers of mse(variance, running variance),
/// where mean and (biased) variance are taken per channel over the input of each of the L batch norms, and mse is the mean over
/// channels (HAST, equation 2, after ZeroQ).
/// </remarks>
public sealed class BatchNormStatisticsLoss
{
    private readonly ImmutableArray<(string Input, string Mean, string Variance)> _norms;

    /// <summary>The loss of a network.</summary>
    /// <exception cref="UnsuitableModelException">The network has no batch norm.</exception>
    public BatchNormStatisticsLoss(Graph graph)
    {
        _norms =
        [
            .. graph
                .Nodes.Where(node => node.Operator == "BatchNormalization")
                .Select(node => (node.Inputs[0], node.Inputs[3], node.Inputs[4])),
        ];
        if (_norms.IsEmpty)
        {
            throw new UnsuitableModelException(
                "the network has no batch norms, from whose statistics samples are synthesised; if they were folded away, export it "
                    + "again with torch.onnx.export(..., training=TrainingMode.PRESERVE, do_constant_folding=False)"
            );
        }

        Taps = [.. _norms.Select(norm => norm.Input)];
    }

    /// <summary>The values that the loss reads: the inputs of the batch norms.</summary>
    public ImmutableArray<string> Taps { get; }

    /// <summary>The loss of a batch, a scalar.</summary>
    /// <param name="activations">The taps, each (N, C, ...).</param>
    /// <param name="teacher">The float network's weights.</param>
    public Tensor Forward(Activations activations, TorchWeights teacher)
    {
        var loss = zeros([], device: teacher[_norms[0].Mean].device);
        foreach (var (input, runningMean, runningVariance) in _norms)
        {
            // The two moments by contiguous sums: var_mean over the batch and space together takes a third of the whole step.
            var value = activations[input]; // (N, C, ...)
            value = value.dim() == 2 ? value.unsqueeze(2) : value.flatten(2); // (N, C, space)
            var mean = value.mean([2L]).mean([0L]); // (C)
            var variance = value.square().mean([2L]).mean([0L]) - mean.square(); // (C)
            loss = loss + (mean - teacher[runningMean]).square().mean() + (variance - teacher[runningVariance]).square().mean();
        }

        return loss / _norms.Length;
    }
}
