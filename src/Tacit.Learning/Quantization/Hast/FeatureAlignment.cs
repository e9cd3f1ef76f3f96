using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>Aligns the features of the quantised network with the float network's, by their channel attention.</summary>
/// <remarks>
/// L_FA = lambda · sum over points of mean((A(F_s) - A(F_t))²), with the channel attention A(F) = g / ||g||, where g is the mean
/// of F² over space (HAST, section 3.4; lambda 1000 to 4000 in the authors' configurations).
/// Where features are compared, <see cref="FeaturePoints"/> says.
/// </remarks>
public sealed class FeatureAlignment
{
    private readonly double _weight;

    /// <summary>The alignment of a network's features.</summary>
    /// <param name="graph">The float network.</param>
    /// <param name="weight">Lambda.</param>
    public FeatureAlignment(Graph graph, double weight)
    {
        _weight = weight;
        Taps = FeaturePoints.Of(graph);
    }

    /// <summary>The values that the loss reads.</summary>
    public ImmutableArray<string> Taps { get; }

    /// <summary>The loss of a batch, a scalar; the gradient flows into both sides.</summary>
    public Tensor Forward(Activations student, Activations teacher)
    {
        var loss = zeros([], device: student.Output.device);
        foreach (var tap in Taps)
        {
            loss = loss + (Attention(student[tap]) - Attention(teacher[tap])).square().mean();
        }

        return loss * _weight;
    }

    // F: (N, C, ...) -> (N, C), of length 1 for each sample
    private static Tensor Attention(Tensor features)
    {
        var energy = features.square().flatten(2).mean([2L]); // (N, C)
        return nn.functional.normalize(energy, p: 2, dim: 1);
    }
}
