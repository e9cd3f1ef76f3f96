using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.Methods;

/// <summary>
/// Computes the regression loss of BYOL (Grill et al. 2020, equation 2), which is also that of SimSiam and the appearance consistency of
/// ASCNet.
/// </summary>
/// <remarks>
/// L = ‖p - z‖², where p predicts the embedding z of a clip from the other clip of its video. For unit vectors, this is 2 - 2 cos(p, z),
/// from 0 to 4. Except for the constant, it is twice the negative cosine similarity.
/// </remarks>
/// <example>For p = (1, 0) and z = (0, 1), L = 2.</example>
public static class RegressionLoss
{
    /// <summary>Computes the loss in both directions: each clip is predicted from the other.</summary>
    /// <param name="predictions">The predictions p, unit vectors, (2 · B, d). Rows i and B + i are from one video.</param>
    /// <param name="targets">The embeddings z, unit vectors without a gradient, (2 · B, d), in the same order.</param>
    /// <returns>The mean over all clips, a scalar.</returns>
    public static Tensor Forward(Tensor predictions, Tensor targets) =>
        SquaredDistance(predictions, targets.roll(targets.shape[0] / 2, 0)).mean();

    /// <summary>Returns ‖x - y‖² over the last axis. The other axes broadcast.</summary>
    internal static Tensor SquaredDistance(Tensor x, Tensor y) => (x - y).square().sum(-1);
}
