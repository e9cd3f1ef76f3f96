using Tacit.Learning.Pretraining.Methods;

namespace Tacit.Learning.Pretraining.Baselines;

/// <summary>Options of "Exploring Simple Siamese Representation Learning" (SimSiam, Chen and He 2021) on clips, as a baseline.</summary>
/// <remarks>
/// L = -cos(p, stopgrad(z)) (equations 1 and 3), between two clips of a video at the same speed, in both directions. z is the projection of
/// the network itself and p the prediction from the other clip. Here, the loss is computed as 2 - 2 cos, which has twice the gradient. See
/// <see cref="RegressionLoss"/>.
/// </remarks>
public sealed record SimSiamRecipe() : ViewPredictionRecipe(hiddenWidth: 2048, embeddingWidth: 2048)
{
    /// <inheritdoc/>
    public override string Name => "simsiam";

    /// <inheritdoc/>
    public override string Title => "SimSiam";

    /// <inheritdoc/>
    public override TargetNetwork TargetNetwork => TargetNetwork.None;
}
