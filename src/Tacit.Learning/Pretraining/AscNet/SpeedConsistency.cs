using Tacit.Learning.Pretraining.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.AscNet;

/// <summary>Speed consistency: clips of the same speed, from videos that look alike, are alike in speed (ASCNet, figure 2).</summary>
/// <remarks>
/// L_m = ||m' - m||², where m' predicts, from a clip, the speed embedding of each clip that was found for it in the gallery.
/// </remarks>
internal static class SpeedConsistency
{
    /// <summary>The loss, averaged over what was found.</summary>
    /// <param name="predictions">m', unit vectors, (n, d).</param>
    /// <param name="matches">What was found for each of the n clips.</param>
    /// <returns>The mean, a scalar; 0 where nothing was found.</returns>
    public static Tensor Forward(Tensor predictions, GalleryMatches matches)
    {
        var distance = RegressionLoss.SquaredDistance(predictions.unsqueeze(1), matches.Speed); // (n, k)
        return distance.masked_fill(matches.Found.logical_not(), 0).sum() / matches.Found.sum().clamp_min(1);
    }
}
