using Tacit.Learning.Pretraining.Methods;

namespace Tacit.Learning.Pretraining.Baselines;

/// <summary>"Exploring Simple Siamese Representation Learning" (Chen and He 2021) on clips: a baseline.</summary>
/// <remarks>
/// L = -cos(p, stopgrad(z)), both ways, between two clips of one video at the same speed, here as 2 - 2 cos
/// (<see cref="RegressionLoss"/>), which has twice the gradient; z is the network's own.
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
