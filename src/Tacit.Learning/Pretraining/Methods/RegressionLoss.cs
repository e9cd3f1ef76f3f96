using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.Methods;

/// <summary>The regression loss of BYOL (Grill et al. 2020, equation 2), which is SimSiam's and ASCNet's appearance consistency too.</summary>
/// <remarks>
/// L = ||p - z||², where p predicts the embedding of a clip from the other clip of its video. Of unit vectors this is 2 - 2 cos(p, z):
/// between 0 and 4, and twice the negative cosine similarity, but for the constant.
/// </remarks>
/// <example>p = (1, 0), z = (0, 1): L = 2.</example>
public static class RegressionLoss
{
    /// <summary>The loss, both ways: each clip is predicted from the other.</summary>
    /// <param name="predictions">p, unit vectors, (2·B, d): rows i and B + i are of one video.</param>
    /// <param name="targets">z, unit vectors without gradient, (2·B, d).</param>
    /// <returns>The mean, a scalar.</returns>
    public static Tensor Forward(Tensor predictions, Tensor targets) =>
        SquaredDistance(predictions, targets.roll(targets.shape[0] / 2, 0)).mean();

    /// <summary>||x - y||² over the last axis.</summary>
    internal static Tensor SquaredDistance(Tensor x, Tensor y) => (x - y).square().sum(-1);
}
