using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>
/// Computes the hard-sample-enhanced inception loss L_HIL: the cross-entropy to an assigned class, weighted by the difficulty of
/// the sample.
/// </summary>
/// <remarks>
/// <para>
/// L_HIL = 1/N · Σᵢ d(xᵢ)^γ · (-log p(yᵢ|xᵢ)), with the difficulty d(x) = 1 - p(y|x) of the float network (HAST, equations 5
/// and 8). The gradient also flows through the weight d^γ, as in the authors' code. With γ = 0 it is the plain inception loss.
/// </para>
/// <para>
/// The difficulty is computed as -expm1(log p) and is at least 1e-6, because the derivative of d^γ at 0 is infinite for γ below 1
/// and would become NaN.
/// </para>
/// </remarks>
/// <param name="gamma">The exponent γ of the difficulty, at least 0 (<see cref="SynthesisOptions.DifficultyExponent"/>).</param>
/// <example>
/// With γ = 2, a sample with p = 0.9 contributes 0.1² · 0.105 = 0.00105, and one with p = 0.5 contributes 0.5² · 0.693 = 0.173.
/// </example>
internal sealed class HardSampleLoss(double gamma)
{
    private const double SmallestDifficulty = 1e-6;

    /// <summary>Computes the loss of a batch.</summary>
    /// <param name="logits">The logits of the float network, (N, classes).</param>
    /// <param name="labels">The assigned class of each sample, (N), Int64.</param>
    /// <returns>The loss, a scalar.</returns>
    public Tensor Forward(Tensor logits, Tensor labels)
    {
        var logProbability = nn.functional.log_softmax(logits, 1).gather(1, labels.unsqueeze(1)).squeeze(1); // (N)
        if (gamma == 0)
        {
            return -logProbability.mean();
        }

        var difficulty = -logProbability.expm1(); // (N)
        return (difficulty.clamp_min(SmallestDifficulty).pow(gamma) * -logProbability).mean();
    }
}
