using Tacit.Learning.Pretraining.Methods;

namespace Tacit.Learning.Pretraining.Baselines;

/// <summary>"Bootstrap Your Own Latent" (Grill et al. 2020) on clips: a baseline.</summary>
/// <remarks>
/// L = ||q(z) - z'||² of unit vectors, both ways, between two clips of one video at the same speed; z' is the momentum
/// network's (<see cref="RegressionLoss"/>).
/// </remarks>
public sealed record ByolRecipe() : ViewPredictionRecipe(hiddenWidth: 4096, embeddingWidth: 256)
{
    /// <inheritdoc/>
    public override string Name => "byol";

    /// <inheritdoc/>
    public override string Title => "BYOL";

    /// <inheritdoc/>
    public override TargetNetwork TargetNetwork => TargetNetwork.Momentum;
}
