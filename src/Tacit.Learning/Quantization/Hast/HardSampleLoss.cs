using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>The hard-sample-enhanced inception loss: cross-entropy to an assigned class, weighted by how hard the sample is.</summary>
/// <remarks>
/// L_HIL = mean over samples of d(x)^gamma · -log p(y|x), with the difficulty d(x) = 1 - p(y|x) of the float network (HAST,
/// equations 5 and 8). The gradient flows through the weight too, as in the authors' code. The difficulty is kept from 0, where
/// the derivative of d^gamma is infinite for gamma below 1 and would turn to NaN. Gamma 0 is the plain inception loss.
/// </remarks>
/// <example>p = 0.9, gamma 2: 0.1² · 0.105 = 0.00105; p = 0.5: 0.5² · 0.693 = 0.173.</example>
internal sealed class HardSampleLoss(double gamma)
{
    private const double SmallestDifficulty = 1e-6;

    /// <summary>The loss of a batch, a scalar.</summary>
    /// <param name="logits">(N, classes).</param>
    /// <param name="labels">(N), int64.</param>
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
