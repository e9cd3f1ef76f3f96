using System.Collections.Immutable;
using Tacit.Learning.Clips;
using Tacit.Learning.Pretraining.Methods;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.AscNet;

/// <summary>Specifies how the speed positives of a clip are found.</summary>
public enum PositiveChoice
{
    /// <summary>The clips with the most similar appearance among those of the same speed from other videos (ASCNet, figure 2).</summary>
    Retrieved,

    /// <summary>Random clips of the same speed from other videos, as an ablation.</summary>
    Random,
}

/// <summary>
/// Options of "ASCNet: Self-supervised Video Representation Learning with Appearance-Speed Consistency" (Huang, Wu et al., ICCV 2021).
/// </summary>
/// <remarks>
/// <para>
/// The encoder is trained on two clips of each video, at different speeds, with the loss L = w_a L_a + w_m L_m (figure 2). Its features are
/// projected into two spaces, appearance a and speed m; primes denote predictions from another clip.
/// </para>
/// <list type="bullet">
/// <item>
/// Appearance consistency, L_a = ‖a' - a‖²: the two clips of a video have the same appearance at any speed. See
/// <see cref="RegressionLoss"/>.
/// </item>
/// <item>
/// Speed consistency, L_m = ‖m' - m‖²: a clip has the same speed embedding as the clip that looks most like it, among clips of the same
/// speed from other videos. See <see cref="SpeedConsistency"/> and <see cref="Gallery"/>.
/// </item>
/// </list>
/// <para>
/// All embeddings are unit vectors. There are no negatives: predictors, and targets without a gradient, prevent a collapse of the two
/// spaces. Where the paper is silent, the default is a decision of this project and documented as such (docs/ascnet.md).
/// </para>
/// </remarks>
/// <example>
/// <code>
/// // Ablation: appearance consistency only, with the network itself as the target.
/// var recipe = new AscNetRecipe { SpeedWeight = 0, Target = TargetNetwork.None };
/// </code>
/// </example>
public sealed record AscNetRecipe : PretrainingRecipe
{
    /// <summary>
    /// The weight w_a of appearance consistency, at least 0. Default 1, as in RSPNet's code; the paper does not state it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public double AppearanceWeight
    {
        get;
        init => field = Require.AtLeast(0, value);
    } = 1;

    /// <summary>The weight w_m of speed consistency, at least 0. Default 1, as in RSPNet's code; the paper does not state it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public double SpeedWeight
    {
        get;
        init => field = Require.AtLeast(0, value);
    } = 1;

    /// <summary>How speed positives are found. Default <see cref="PositiveChoice.Retrieved"/>, as in the paper.</summary>
    public PositiveChoice Positives { get; init; } = PositiveChoice.Retrieved;

    /// <summary>
    /// The number k of speed positives of a clip, at least 1. Default 1. The sources on the paper disagree: the text reportedly uses the
    /// most similar clip, and figure 2 shows three.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int Neighbours
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 1;

    /// <summary>
    /// The number of clips in the gallery, at least 2. The oldest are replaced. Default 16,384, the queue of RSPNet's code; the paper does
    /// not state it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 2.</exception>
    public int GalleryCapacity
    {
        get;
        init => field = Require.AtLeast(2, value);
    } = 16384;

    /// <summary>
    /// The number of clips in the gallery from which speed consistency starts, at least 1. Before, the most similar clip is not similar
    /// enough. Default 1,024; not in the paper.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int GalleryWarmUp
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 1024;

    /// <summary>
    /// The network that gives the targets. Default <see cref="TargetNetwork.Momentum"/>, chosen by measurement (docs/ascnet.md); the paper
    /// does not state it.
    /// </summary>
    public TargetNetwork Target { get; init; } = TargetNetwork.Momentum;

    /// <summary>The width of the hidden layers of heads and predictors, at least 1. Default 512; not in the paper.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int HiddenWidth
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 512;

    /// <summary>The width d of the embeddings, at least 2. Default 128, as in RSPNet's code; not in the paper.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 2.</exception>
    public int EmbeddingWidth
    {
        get;
        init => field = Require.AtLeast(2, value);
    } = 128;

    /// <summary>
    /// The weight of <see cref="SpeedContrast"/>, at least 0. Default 0, which leaves the published losses unchanged. It needs a
    /// <see cref="SpeedWeight"/> above 0.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
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

    /// <summary>The head of the appearance embeddings a and predictions a'.</summary>
    internal ProjectionHead AppearanceHead => new("appearance", HiddenWidth, EmbeddingWidth, Predicts: true);

    /// <summary>The head of the speed embeddings m and predictions m'.</summary>
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

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">
    /// Both weights are 0, the gallery is smaller than its warm-up, or speed contrast is used without speed consistency.
    /// </exception>
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
