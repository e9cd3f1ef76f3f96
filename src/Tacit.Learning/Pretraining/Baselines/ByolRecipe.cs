using Tacit.Learning.Pretraining.Methods;

namespace Tacit.Learning.Pretraining.Baselines;

/// <summary>Options of "Bootstrap Your Own Latent" (BYOL, Grill et al. 2020) on clips, as a baseline.</summary>
/// <remarks>
/// L = ‖q(z) - z'‖² for unit vectors (equation 2), between two clips of a video at the same speed, in both directions. z is the projection
/// of the online network, q its predictor, and z' the projection of the momentum network. See <see cref="RegressionLoss"/>.
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
