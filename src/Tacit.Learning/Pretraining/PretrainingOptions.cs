using System.Text.Json.Serialization;
using Tacit.Learning.Clips;
using Tacit.Learning.Clips.Augmentation;
using Tacit.Learning.Networks;
using Tacit.Learning.Optimization;
using Tacit.Learning.Pretraining.AscNet;
using Tacit.Learning.Pretraining.Methods;

namespace Tacit.Learning.Pretraining;

/// <summary>The numbers that forward and backward passes compute with.</summary>
public enum Precision
{
    /// <summary>32 bits.</summary>
    Float32,

    /// <summary>
    /// Convolutions and products in bfloat16, all else in 32 bits. With libtorch 2.10 on processors the same run was seen to give other
    /// numbers each time, and on one thread gradients that are no numbers.
    /// </summary>
    BFloat16,
}

/// <summary>The options of <see cref="VideoPretraining"/>. Immutable; values are checked where they are set.</summary>
public sealed record PretrainingOptions
{
    /// <summary>The method and its options. Default ASCNet.</summary>
    [JsonConverter(typeof(RecipeJson))]
    public PretrainingRecipe Recipe { get; init; } = new AscNetRecipe();

    /// <summary>The encoder, a name of <see cref="VideoZoo"/>. Default r3d-18 (the paper).</summary>
    /// <exception cref="ArgumentException">There is no such network.</exception>
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

    /// <summary>What the encoder's channels are multiplied by, above 0. Default 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Width
    {
        get;
        init => field = Require.Positive(value);
    } = 1;

    /// <summary>How clips are drawn.</summary>
    public ClipSamplingOptions Sampling { get; init; } = new();

    /// <summary>How clips are changed at random, and their size.</summary>
    public AugmentationOptions Augmentation { get; init; } = AugmentationOptions.Rspnet;

    /// <summary>How the momentum network follows. Default 0.996 to 1 (BYOL).</summary>
    public ExponentialMovingAverageOptions TargetMomentum { get; init; } = new();

    /// <summary>How gradients change weights. Default SGD as in RSPNet's code: rate 0.1, momentum 0.9, weight decay 1e-4, cosine.</summary>
    public OptimizerOptions Optimizer { get; init; } = new() { LastFactor = 1e-3 };

    /// <summary>The share of all steps, from 0 to 1, over which the learning rate rises; the optimizer's own number of steps is not used. Default 0 (RSPNet's code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double WarmUpShare
    {
        get;
        init => field = Require.InRange(0, 1, value);
    }

    /// <summary>The videos of a step, at least 2. Default 64 (RSPNet's code, for one GPU).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int BatchSize
    {
        get;
        init => field = Require.AtLeast(2, value);
    } = 64;

    /// <summary>Batches whose gradients are averaged for one change of the weights, at least 1. Default 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Accumulation
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 1;

    /// <summary>Passes over the videos, at least 1. Default 200 (RSPNet's code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Epochs
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 200;

    /// <summary>What is computed with. Default Float32 (RSPNet's code).</summary>
    public Precision Precision { get; init; } = Precision.Float32;

    /// <summary>Steps between looks at the features, at least 1. Default 100.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int MonitorInterval
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 100;

    /// <summary>The share of videos that may be unreadable, from 0 to 1. Default 0.05.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double MaxUnreadable
    {
        get;
        init => field = Require.InRange(0, 1, value);
    } = 0.05;

    /// <summary>The seed of all randomness. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>The options of a preset.</summary>
    /// <remarks>
    /// Tiny was chosen on generated videos (docs/ascnet.md); paper has RSPNet's schedule, since ASCNet's is not known. Baselines have the
    /// preset's optimiser and momentum; under paper, a method whose own code has another momentum takes that.
    /// </remarks>
    /// <param name="preset">The preset.</param>
    /// <param name="recipe">The method; its heads and memory take the sizes of the preset. Null for ASCNet.</param>
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
