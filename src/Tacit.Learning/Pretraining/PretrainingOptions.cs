using System.Text.Json.Serialization;
using Tacit.Learning.Clips;
using Tacit.Learning.Clips.Augmentation;
using Tacit.Learning.Networks;
using Tacit.Learning.Optimization;
using Tacit.Learning.Pretraining.AscNet;
using Tacit.Learning.Pretraining.Methods;

namespace Tacit.Learning.Pretraining;

/// <summary>Specifies the element type of forward and backward passes.</summary>
public enum Precision
{
    /// <summary>32 bits.</summary>
    Float32,

    /// <summary>
    /// bfloat16 for convolutions and matrix products, 32 bits for everything else; see <c>Autocast</c>. With libtorch 2.10 on CPUs, the
    /// same run gave different numbers each time, and on one thread gradients that were NaN.
    /// </summary>
    BFloat16,
}

/// <summary>Options of <see cref="VideoPretraining"/>. Immutable; each value is checked when it is set.</summary>
/// <remarks>The default values are those of <see cref="PretrainingPreset.Paper"/>.</remarks>
/// <example>
/// <code>
/// var recipe = new AscNetRecipe { SpeedContrastWeight = 1 };
/// var options = PretrainingOptions.Of(PretrainingPreset.Tiny, recipe) with { Epochs = 50, Seed = 1 };
/// </code>
/// </example>
public sealed record PretrainingOptions
{
    /// <summary>The method with its options. Default <see cref="AscNetRecipe"/>.</summary>
    [JsonConverter(typeof(RecipeJson))]
    public PretrainingRecipe Recipe { get; init; } = new AscNetRecipe();

    /// <summary>The encoder, a name in <see cref="VideoZoo"/>. Default r3d-18, as in the main table of ASCNet.</summary>
    /// <exception cref="ArgumentException">No network has this name.</exception>
    public string Backbone
    {
        get;
        init =>
            field = VideoZoo.Find(value) is not null
                ? value
                : throw new ArgumentException(
                    $"there is no video network {value}; there are {string.Join(", ", VideoZoo.All)}",
                    nameof(Backbone)
                );
    } = "r3d-18";

    /// <summary>The factor of the encoder's numbers of channels, above 0 and at most 8. Default 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public double Width
    {
        get;
        init => field = Require.Positive(value);
    } = 1;

    /// <summary>The number of frames and the speeds of clips. Default 16 frames at speeds 1 and 2.</summary>
    public ClipSamplingOptions Sampling { get; init; } = new();

    /// <summary>The augmentation of clips, including their size. Default <see cref="AugmentationOptions.Rspnet"/> at 112 pixels.</summary>
    public AugmentationOptions Augmentation { get; init; } = AugmentationOptions.Rspnet;

    /// <summary>The momentum of the target network. Default 0.996, rising to 1 along a cosine (BYOL, Grill et al. 2020).</summary>
    public ExponentialMovingAverageOptions TargetMomentum { get; init; } = new();

    /// <summary>
    /// The optimiser. Default SGD as in RSPNet's code: learning rate 0.1, momentum 0.9, weight decay 1e-4, and a cosine to a thousandth of
    /// the rate.
    /// </summary>
    public OptimizerOptions Optimizer { get; init; } = new() { LastFactor = 1e-3 };

    /// <summary>
    /// The share of all steps, 0 to 1, during which the learning rate rises linearly. It replaces
    /// <see cref="OptimizerOptions.WarmUpSteps"/>. Default 0, as in RSPNet's code.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double WarmUpShare
    {
        get;
        init => field = Require.InRange(0, 1, value);
    }

    /// <summary>The number of videos in a batch, at least 2. Default 64, as in RSPNet's code for one GPU.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 2.</exception>
    public int BatchSize
    {
        get;
        init => field = Require.AtLeast(2, value);
    } = 64;

    /// <summary>
    /// The number of batches whose mean gradient makes one step, at least 1. Default 1. Batch norms and the gallery still see single
    /// batches.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int Accumulation
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 1;

    /// <summary>The number of passes over the videos, at least 1. Default 200, as in RSPNet's code.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int Epochs
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 200;

    /// <summary>The element type of forward and backward passes. Default <see cref="Precision.Float32"/>, as in RSPNet's code.</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>The number of steps between two evaluations of the features for the log, at least 1. Default 100.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int MonitorInterval
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 100;

    /// <summary>The share of videos, 0 to 1, that may be unreadable before training fails. Default 0.05.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double MaxUnreadable
    {
        get;
        init => field = Require.InRange(0, 1, value);
    } = 0.05;

    /// <summary>
    /// The seed of all randomness: initial weights, order of videos, clips, augmentation and random positives. Default 0.
    /// </summary>
    public ulong Seed { get; init; }

    /// <summary>Returns the options of a preset.</summary>
    /// <remarks>
    /// <list type="bullet">
    /// <item>
    /// tiny: r3d-10 at width 0.5, clips of 8 frames and 64 pixels, batches of 16, 100 epochs, AdamW 3e-3 with warm-up, momentum 0.97 to 1.
    /// The values were chosen on generated videos (docs/ascnet.md).
    /// </item>
    /// <item>
    /// small: r3d-18, 8 frames and 96 pixels, batches of 32, 200 epochs, AdamW 5e-4 with warm-up, momentum 0.99 to 1.
    /// </item>
    /// <item>
    /// paper: r3d-18, 16 frames and 112 pixels, batches of 64, 200 epochs, SGD 0.1, momentum 0.996 to 1. The schedule is RSPNet's, because
    /// ASCNet's is not known.
    /// </item>
    /// </list>
    /// <para>
    /// All methods have the optimiser and the momentum of the preset. Under "paper", a method whose own code has another momentum uses
    /// that.
    /// </para>
    /// </remarks>
    /// <param name="preset">The preset.</param>
    /// <param name="recipe">The method. Its heads and its memory get the sizes of the preset. Null for ASCNet.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="preset"/> is not defined.</exception>
    public static PretrainingOptions Of(PretrainingPreset preset, PretrainingRecipe? recipe = null)
    {
        var options = Of(preset);
        recipe ??= options.Recipe;
        return options with
        {
            Recipe = recipe.ScaledTo(preset),
            TargetMomentum = (preset == PretrainingPreset.Paper ? recipe.PublishedMomentum : null) ?? options.TargetMomentum,
        };
    }

    private static PretrainingOptions Of(PretrainingPreset preset) =>
        preset switch
        {
            PretrainingPreset.Tiny => new()
            {
                Backbone = "r3d-10",
                Width = 0.5,
                Sampling = new() { Frames = 8 },
                Augmentation = AugmentationOptions.Rspnet with { Size = 64 },
                TargetMomentum = new() { FirstMomentum = 0.97 },
                Optimizer = new() { Kind = OptimizerKind.AdamW, LearningRate = 3e-3 },
                WarmUpShare = 0.05,
                BatchSize = 16,
                Epochs = 100,
            },
            PretrainingPreset.Small => new()
            {
                Sampling = new() { Frames = 8 },
                Augmentation = AugmentationOptions.Rspnet with { Size = 96 },
                TargetMomentum = new() { FirstMomentum = 0.99 },
                Optimizer = new() { Kind = OptimizerKind.AdamW, LearningRate = 5e-4 },
                WarmUpShare = 0.05,
                BatchSize = 32,
                Epochs = 200,
            },
            PretrainingPreset.Paper => new(),
            _ => throw new ArgumentOutOfRangeException(nameof(preset), preset, "must be tiny, small or paper"),
        };
}
