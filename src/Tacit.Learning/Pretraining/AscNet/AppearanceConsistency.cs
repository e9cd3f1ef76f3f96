using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.AscNet;

/// <summary>Appearance consistency: two clips of one video at different speeds look alike (ASCNet, figure 2).</summary>
/// <remarks>
/// L_a = ||a' - a||², where a' predicts the embedding of a clip from the other clip of its video. Of unit vectors this is
/// 2 - 2 cos(a', a): between 0 and 4.
/// </remarks>
/// <example>a' = (1, 0), a = (0, 1): L_a = 2.</example>
public static class AppearanceConsistency
{
    /// <summary>The loss, both ways: each clip is predicted from the other.</summary>
    /// <param name="predictions">a', unit vectors, (2·B, d): rows i and B + i are of one video.</param>
    /// <param name="targets">a, unit vectors without gradient, (2·B, d).</param>
    /// <returns>The mean, a scalar.</returns>
    public static Tensor Forward(Tensor predictions, Tensor targets) =>
        SquaredDistance(predictions, targets.roll(targets.shape[0] / 2, 0)).mean();

    /// <summary>||x - y||² over the last axis.</summary>
    internal static Tensor SquaredDistance(Tensor x, Tensor y) => (x - y).square().sum(-1);
}
