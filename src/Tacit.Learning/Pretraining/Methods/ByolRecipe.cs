using System.Collections.Immutable;
using Tacit.Learning.Clips;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.Methods;

/// <summary>"Bootstrap Your Own Latent" (Grill et al. 2020) on clips: a baseline.</summary>
/// <remarks>
/// L = ||q(z) - z'||² of unit vectors, both ways, between two clips of one video at the same speed; z' is the momentum
/// network's (<see cref="RegressionLoss"/>).
/// </remarks>
public sealed record ByolRecipe : PretrainingRecipe
{
    /// <summary>The width of the heads' hidden layers, at least 1. Default 4,096 (BYOL, section 3.3).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int HiddenWidth
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 4096;

    /// <summary>The width of the embeddings, at least 2. Default 256 (BYOL, section 3.3).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int EmbeddingWidth
    {
        get;
        init => field = Require.AtLeast(2, value);
    } = 256;

    /// <inheritdoc/>
    public override string Name => "byol";

    /// <inheritdoc/>
    public override string Title => "BYOL";

    /// <inheritdoc/>
    public override ImmutableArray<ClipView> Views => [new(Speed: 0), new(Speed: 0)];

    /// <inheritdoc/>
    public override ImmutableArray<ProjectionHead> Heads => [Head];

    /// <inheritdoc/>
    public override TargetNetwork TargetNetwork => TargetNetwork.Momentum;

    private ProjectionHead Head => new("projection", HiddenWidth, EmbeddingWidth, Predicts: true);

    /// <inheritdoc/>
    public override IPretrainingMethod Create(ulong seed, Device device) => new ViewPrediction(Head);

    /// <inheritdoc/>
    public override PretrainingRecipe ScaledTo(PretrainingPreset preset) =>
        preset switch
        {
            PretrainingPreset.Tiny => this with { HiddenWidth = 256, EmbeddingWidth = 64 },
            PretrainingPreset.Small => this with { HiddenWidth = 512, EmbeddingWidth = 128 },
            _ => this,
        };
}
