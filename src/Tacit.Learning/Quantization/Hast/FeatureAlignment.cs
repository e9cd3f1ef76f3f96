using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>Computes the feature alignment loss L_FA between the channel attention of the float and the quantised network.</summary>
/// <remarks>
/// L_FA = λ · Σ over the points of mean((A(F_s) - A(F_t))²). The channel attention is A(F) = g / ‖g‖, where g is the mean of F²
/// over space and ‖g‖ its length over the channels (HAST, section 3.4). <see cref="FeaturePoints"/> finds the points.
/// </remarks>
/// <param name="weight">
/// The weight λ, at least 0 (<see cref="FineTuningOptions.FeatureWeight"/>); 1,000 to 4,000 in the authors' configurations.
/// </param>
internal sealed class FeatureAlignment(double weight)
{
    /// <summary>Computes the loss of a batch. The gradient flows into the features of both networks.</summary>
    /// <param name="features">The features of both networks at each point, (N, C, ...).</param>
    /// <returns>The loss, a scalar; 0 if there are no points.</returns>
    public Tensor Forward(IEnumerable<(Tensor Student, Tensor Teacher)> features)
    {
        var loss = zeros([]);
        foreach (var (student, teacher) in features)
        {
            loss = (Attention(student) - Attention(teacher)).square().mean() + loss;
        }

        return loss * weight;
    }

    // F: (N, C, ...) -> (N, C), of length 1 for each sample
    private static Tensor Attention(Tensor features)
    {
        var energy = features.square().flatten(2).mean([2L]); // (N, C)
        return nn.functional.normalize(energy, p: 2, dim: 1);
    }
}
