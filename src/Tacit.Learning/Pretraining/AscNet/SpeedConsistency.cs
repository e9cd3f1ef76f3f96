using Tacit.Learning.Pretraining.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.AscNet;

/// <summary>Computes speed consistency: similar-looking clips of the same speed have the same speed embedding (ASCNet, figure 2).</summary>
/// <remarks>
/// L_m = ‖m' - m‖², where m is the speed embedding of a clip from the gallery and m' its prediction from the clip for which it was
/// retrieved. For unit vectors, this is 2 - 2 cos(m', m). With k matches, the loss is the mean over all of them.
/// </remarks>
internal static class SpeedConsistency
{
    /// <summary>Computes the loss.</summary>
    /// <param name="predictions">The predictions m', unit vectors, (n, d).</param>
    /// <param name="matches">The matches of the n clips. They have no gradient.</param>
    /// <returns>The mean over all matches that exist, a scalar from 0 to 4; 0 if none exists.</returns>
    public static Tensor Forward(Tensor predictions, GalleryMatches matches)
    {
        var distance = RegressionLoss.SquaredDistance(predictions.unsqueeze(1), matches.Speed); // (n, k)
        return distance.masked_fill(matches.Found.logical_not(), 0).sum() / matches.Found.sum().clamp_min(1);
    }
}
