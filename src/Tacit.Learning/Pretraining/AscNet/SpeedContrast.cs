using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.AscNet;

/// <summary>
/// Computes speed contrast: the speed embedding of a clip is nearer to clips of its speed than to others. Not in the paper.
/// </summary>
/// <remarks>
/// <para>
/// The positives of speed consistency look like their clip. Its appearance therefore predicts them as well as its speed does, and the speed
/// embedding may come to represent appearance only. Speed contrast uses all clips of other videos in the gallery, regardless of their
/// appearance.
/// </para>
/// <para>
/// L = -log(S / (S + O)), where S and O are the means of exp(cos(m, m_j) / T) over the clips of the same speed and of other speeds. This is
/// the supervised contrastive loss of Khosla et al. 2020 (the variant with the sum within the logarithm, equation 3) with speeds as
/// classes, balanced between the two groups. The gallery has no gradient.
/// </para>
/// </remarks>
/// <example>If speeds cannot be distinguished, S = O and L = ln 2 = 0.693.</example>
internal static class SpeedContrast
{
    /// <summary>The temperature T, by which similarities are divided: 0.1, as in Khosla et al. 2020.</summary>
    public const double Temperature = 0.1;

    /// <summary>Computes the loss as softplus(log O - log S), which is numerically stable.</summary>
    /// <param name="similarities">cos(m, m_j) of n clips and K clips of the gallery, (n, K).</param>
    /// <param name="same">Whether m_j has the same speed and is from another video, (n, K), Boolean.</param>
    /// <param name="other">Whether m_j has another speed and is from another video, (n, K), Boolean.</param>
    /// <returns>The mean over the clips for which the gallery has both kinds, a scalar; 0 if there is none.</returns>
    public static Tensor Forward(Tensor similarities, Tensor same, Tensor other)
    {
        var logits = similarities / Temperature; // (n, K)
        var (near, far) = (LogMean(logits, same), LogMean(logits, other)); // (n)
        var both = same.any(1).logical_and(other.any(1)); // (n)
        return nn.functional.softplus(far - near).masked_fill(both.logical_not(), 0).sum() / both.sum().clamp_min(1);
    }

    /// <summary>
    /// Returns the logarithm of the mean of exp(x) over the wanted elements of each row. For a row without any, it is a large negative
    /// number, whose gradient is 0.
    /// </summary>
    private static Tensor LogMean(Tensor x, Tensor wanted) =>
        x.masked_fill(wanted.logical_not(), -1e4f).logsumexp(1) - wanted.sum(1).clamp_min(1).to(x.dtype).log();
}
