using System.Collections.Immutable;
using Tacit.Learning.Clips;
using Tacit.Learning.Pretraining.Methods;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.AscNet;

/// <summary>How a clip's speed positive is found.</summary>
public enum PositiveChoice
{
    /// <summary>The most similar clips by appearance among those of the same speed from other videos (the paper).</summary>
    Retrieved,

    /// <summary>Any clips of the same speed from other videos: the ablation.</summary>
    Random,
}

/// <summary>
/// "ASCNet: Self-supervised Video Representation Learning with Appearance-Speed Consistency" (Huang, Wu et al., ICCV 2021).
/// </summary>
/// <remarks>
/// L = L_a + L_m over two clips of each video at different speeds. Appearance consistency pulls the two clips together in one
/// embedding space; speed consistency pulls each clip, in another space, to the clip that looks most like it among those of the
/// same speed from other videos. There are no negatives: predictors and targets without gradient keep both spaces from collapse.
/// Where the paper is silent the default is this project's decision, and says so (docs/ascnet.md).
/// </remarks>
public sealed record AscNetRecipe : PretrainingRecipe
{
    /// <summary>The weight of appearance consistency, at least 0; 0 switches it off. Default 1 (not in the paper; RSPNet's code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double AppearanceWeight
    {
        get;
        init => field = Require.AtLeast(0, value);
    } = 1;

    /// <summary>The weight of speed consistency, at least 0; 0 switches it off. Default 1 (not in the paper; RSPNet's code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double SpeedWeight
    {
        get;
        init => field = Require.AtLeast(0, value);
    } = 1;

    /// <summary>How speed positives are found. Default retrieved (the paper).</summary>
    public PositiveChoice Positives { get; init; } = PositiveChoice.Retrieved;

    /// <summary>k, the number of speed positives of a clip, at least 1. Default 1 (sources on the paper conflict: 1 or 3).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Neighbours
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 1;

    /// <summary>The clips that the gallery holds, at least 2; the oldest go first. Default 16,384 (not in the paper; RSPNet's queue).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int GalleryCapacity
    {
        get;
        init => field = Require.AtLeast(2, value);
    } = 16384;

    /// <summary>
    /// The clips that the gallery must hold before speed consistency starts, at least 1. Default 1,024 (not in the paper).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int GalleryWarmUp
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 1024;

    /// <summary>Where targets come from. Default momentum (not in the paper; chosen by measurement, see docs/ascnet.md).</summary>
    public TargetNetwork Target { get; init; } = TargetNetwork.Momentum;

    /// <summary>The width of the heads' hidden layers, at least 1. Default 512 (not in the paper).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int HiddenWidth
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 512;

    /// <summary>The width of the embeddings, at least 2. Default 128 (not in the paper; RSPNet's code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int EmbeddingWidth
    {
        get;
        init => field = Require.AtLeast(2, value);
    } = 128;

    /// <summary>
    /// The weight of speed contrast, at least 0; 0 leaves the published losses alone. Default 0. See <see cref="SpeedContrast"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double SpeedContrastWeight
    {
        get;
        init => field = Require.AtLeast(0, value);
    }

    /// <inheritdoc/>
    public override string Name => "ascnet";

    /// <inheritdoc/>
    public override string Title => "Appearance and speed consistency (ASCNet)";

    /// <inheritdoc/>
    public override ImmutableArray<ClipView> Views => [new(Speed: 0), new(Speed: 1)];

    /// <inheritdoc/>
    public override ImmutableArray<ProjectionHead> Heads => [AppearanceHead, SpeedHead];

    /// <inheritdoc/>
    public override TargetNetwork TargetNetwork => Target;

    /// <inheritdoc/>
    public override int LargestBatch => GalleryCapacity / Views.Length;

    internal ProjectionHead AppearanceHead => new("appearance", HiddenWidth, EmbeddingWidth, Predicts: true);

    internal ProjectionHead SpeedHead => new("speed", HiddenWidth, EmbeddingWidth, Predicts: true);

    /// <inheritdoc/>
    public override IPretrainingMethod Create(ulong seed, Device device) => new AppearanceSpeedConsistency(this, seed, device);

    /// <inheritdoc/>
    public override PretrainingRecipe ScaledTo(PretrainingPreset preset) =>
        preset switch
        {
            PretrainingPreset.Tiny => this with { HiddenWidth = 256, EmbeddingWidth = 64, GalleryCapacity = 1024, GalleryWarmUp = 256 },
            PretrainingPreset.Small => this with { GalleryCapacity = 4096, GalleryWarmUp = 512 },
            _ => this,
        };

    /// <summary>Makes sure that there is something to learn, and that the gallery can hold enough.</summary>
    /// <exception cref="ArgumentException">There is not, or it cannot.</exception>
    public override void Check()
    {
        if (this is { AppearanceWeight: 0, SpeedWeight: 0 })
        {
            throw new ArgumentException(
                "both tasks are switched off: give AppearanceWeight or SpeedWeight a value above 0",
                nameof(AppearanceWeight)
            );
        }

        if (GalleryWarmUp > GalleryCapacity)
        {
            throw new ArgumentException(
                $"a gallery of {GalleryCapacity} clips never holds {GalleryWarmUp}: lower GalleryWarmUp",
                nameof(GalleryWarmUp)
            );
        }

        if (this is { SpeedWeight: 0, SpeedContrastWeight: > 0 })
        {
            throw new ArgumentException(
                "speed contrast goes with speed consistency: give SpeedWeight a value above 0, or SpeedContrastWeight 0",
                nameof(SpeedContrastWeight)
            );
        }
    }
}
