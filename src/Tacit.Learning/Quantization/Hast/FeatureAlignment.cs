using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>Aligns the features of the quantised network with the float network's, by their channel attention.</summary>
/// <remarks>
/// L_FA = lambda · sum over points of mean((A(F_s) - A(F_t))²), with the channel attention A(F) = g / ||g||, where g is the mean
/// of F² over space (HAST, section 3.4; lambda 1000 to 4000 in the authors' configurations).
/// Where features are compared, <see cref="FeaturePoints"/> says.
/// </remarks>
/// <param name="weight">Lambda.</param>
internal sealed class FeatureAlignment(double weight)
{
    /// <summary>The loss of a batch, a scalar; the gradient flows into both sides.</summary>
    /// <param name="features">The features at each point, (N, C, ...) each; none give 0.</param>
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
