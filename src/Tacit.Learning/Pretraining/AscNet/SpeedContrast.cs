using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.AscNet;

/// <summary>Speed contrast: in speed, a clip is nearer to clips of its speed than to clips of other speeds. Not in the paper.</summary>
/// <remarks>
/// The positives of speed consistency look like the clip, so what it looks like predicts them as well as its speed does, and the
/// speed embedding may come to hold appearance alone. Here every clip of the gallery from another video takes part, whatever it looks
/// like: L = -log(S / (S + O)), where S and O are the means of exp(cos(m, m_j) / T) over the clips of the same speed and of other
/// speeds (the supervised contrastive loss of Khosla et al. 2020 with speeds as classes, its sum within the logarithm, balanced).
/// The gallery has no gradient. Videos of one speed are never pushed apart.
/// </remarks>
/// <example>Where speeds cannot be told apart, S = O and L = ln 2 = 0.693.</example>
internal static class SpeedContrast
{
    /// <summary>T, what similarities are divided by: 0.1 (Khosla et al. 2020).</summary>
    public const double Temperature = 0.1;

    /// <summary>The loss.</summary>
    /// <param name="similarities">cos(m, m_j) of n clips and the K clips of the gallery, (n, K).</param>
    /// <param name="same">Whether m_j is of the same speed and another video, (n, K), Boolean.</param>
    /// <param name="other">Whether m_j is of another speed and another video, (n, K), Boolean.</param>
    /// <returns>The mean over the clips that have both, a scalar; 0 where none has.</returns>
    public static Tensor Forward(Tensor similarities, Tensor same, Tensor other)
    {
        var logits = similarities / Temperature; // (n, K)
        var (near, far) = (LogMean(logits, same), LogMean(logits, other)); // (n)
        var both = same.any(1).logical_and(other.any(1)); // (n)
        return nn.functional.softplus(far - near).masked_fill(both.logical_not(), 0).sum() / both.sum().clamp_min(1);
    }

    // The logarithm of the mean of exp(x) over those wanted; of none, a large negative number whose gradient is 0.
    private static Tensor LogMean(Tensor x, Tensor wanted) =>
        x.masked_fill(wanted.logical_not(), -1e4f).logsumexp(1) - wanted.sum(1).clamp_min(1).to(x.dtype).log();
}
