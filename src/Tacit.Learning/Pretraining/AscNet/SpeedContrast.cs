using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.AscNet;

/// <summary>Speed contrast: the two clips of one video, at different speeds, must not be alike in speed. Not in the paper.</summary>
/// <remarks>
/// Speed consistency alone is content with one embedding for every speed. The two clips of a video differ in speed and hardly in
/// anything else, so their speed embeddings m_1, m_2 are pushed apart: L = mean(max(0, cos(m_1, m_2))). It asks for no negatives
/// from other videos and ends where the two are at a right angle.
/// </remarks>
/// <example>m_1 = (1, 0), m_2 = (0.6, 0.8): L = 0.6; m_2 = (0, 1): L = 0.</example>
public static class SpeedContrast
{
    /// <summary>The loss.</summary>
    /// <param name="embeddings">m, unit vectors, (2·B, d): rows i and B + i are of one video.</param>
    /// <returns>The mean, a scalar.</returns>
    public static Tensor Forward(Tensor embeddings)
    {
        var halves = embeddings.chunk(2, dim: 0); // (B, d) each
        return (halves[0] * halves[1]).sum(-1).clamp_min(0).mean();
    }
}
