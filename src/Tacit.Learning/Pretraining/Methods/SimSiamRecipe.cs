using System.Collections.Immutable;
using Tacit.Learning.Clips;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.Methods;

/// <summary>"Exploring Simple Siamese Representation Learning" (Chen and He 2021) on clips: a baseline.</summary>
/// <remarks>
/// L = -cos(p, stopgrad(z)), both ways, between two clips of one video at the same speed, here as 2 - 2 cos
/// (<see cref="RegressionLoss"/>), which has twice the gradient; z is the network's own.
/// </remarks>
public sealed record SimSiamRecipe : PretrainingRecipe
{
    /// <summary>The width of the heads' hidden layers, at least 1. Default 2,048 (SimSiam, section 3).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int HiddenWidth
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 2048;

    /// <summary>The width of the embeddings, at least 2. Default 2,048 (SimSiam, section 3).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int EmbeddingWidth
    {
        get;
        init => field = Require.AtLeast(2, value);
    } = 2048;

    /// <inheritdoc/>
    public override string Name => "simsiam";

    /// <inheritdoc/>
    public override string Title => "SimSiam";

    /// <inheritdoc/>
    public override ImmutableArray<ClipView> Views => [new(Speed: 0), new(Speed: 0)];

    /// <inheritdoc/>
    public override ImmutableArray<ProjectionHead> Heads => [Head];

    /// <inheritdoc/>
    public override TargetNetwork TargetNetwork => TargetNetwork.None;

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
