using System.Collections.Immutable;
using Tacit.Learning.Networks;
using Tacit.Learning.Pretraining.AscNet;
using Tacit.Learning.Pretraining.Augmentation;
using Tacit.Learning.Pretraining.Baselines;
using Tacit.Learning.Training;

namespace Tacit.Learning.Pretraining;

/// <summary>The methods that can be trained.</summary>
public enum PretrainingMethod
{
    /// <summary>Appearance and speed consistency (ASCNet, ICCV 2021).</summary>
    AscNet,

    /// <summary>Bootstrap your own latent (Grill et al. 2020): a baseline.</summary>
    Byol,

    /// <summary>SimSiam (Chen and He 2021): a baseline.</summary>
    SimSiam,

    /// <summary>Relative speed perception (Chen et al., AAAI 2021): a baseline.</summary>
    RspNet,
}

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

/// <summary>Budgets of pretraining.</summary>
public enum PretrainingPreset
{
    /// <summary>Minutes on two cores.</summary>
    Tiny,

    /// <summary>Hours on a workstation.</summary>
    Small,

    /// <summary>The published backbone and clips, with RSPNet's schedule.</summary>
    Paper,
}

/// <summary>The options of <see cref="VideoPretraining"/>. Immutable; values are checked where they are set.</summary>
public sealed record PretrainingOptions
{
    /// <summary>The method. Default ASCNet.</summary>
    public PretrainingMethod Method { get; init; } = PretrainingMethod.AscNet;

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

    /// <summary>The options of ASCNet.</summary>
    public AscNetOptions AscNet { get; init; } = new();

    /// <summary>The options of BYOL.</summary>
    public ByolOptions Byol { get; init; } = new();

    /// <summary>The options of SimSiam.</summary>
    public SimSiamOptions SimSiam { get; init; } = new();

    /// <summary>The options of RSPNet.</summary>
    public RspNetOptions RspNet { get; init; } = new();

    /// <summary>How the momentum network follows. Default 0.996 to 1 (BYOL).</summary>
    public MovingAverageOptions TargetMomentum { get; init; } = new();

    /// <summary>How gradients change weights. Default SGD as in RSPNet's code: rate 0.1, momentum 0.9, weight decay 1e-4, cosine.</summary>
    public OptimizerOptions Optimizer { get; init; } = new() { LastFactor = 1e-3 };

    /// <summary>The share of all steps, from 0 to 1, over which the learning rate rises; the optimizer's own number of steps is not used. Default 0 (RSPNet's code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double WarmUpShare
    {
        get;
        init => field = Require.Share(value);
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
        init => field = Require.Share(value);
    } = 0.05;

    /// <summary>The seed of all randomness. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>The options of a preset.</summary>
    /// <remarks>
    /// Tiny was chosen on generated videos (docs/ascnet.md); paper has RSPNet's schedule, since ASCNet's is not known. Baselines have the
    /// preset's optimiser and momentum; under paper, RSPNet's momentum network has the constant 0.999 of its code.
    /// </remarks>
    /// <param name="preset">The preset.</param>
    /// <param name="method">The method.</param>
    public static PretrainingOptions Of(PretrainingPreset preset, PretrainingMethod method = PretrainingMethod.AscNet) =>
        Of(preset) with
        {
            Method = method,
            TargetMomentum =
                (preset, method) == (PretrainingPreset.Paper, PretrainingMethod.RspNet)
                    ? new() { FirstMomentum = 0.999, LastMomentum = 0.999 }
                    : Of(preset).TargetMomentum,
        };

    private static PretrainingOptions Of(PretrainingPreset preset) =>
        preset switch
        {
            PretrainingPreset.Tiny => new()
            {
                Backbone = "r3d-10",
                Width = 0.5,
                Sampling = new() { Frames = 8 },
                Augmentation = AugmentationOptions.Rspnet with { Size = 64 },
                AscNet = new()
                {
                    HiddenWidth = 256,
                    EmbeddingWidth = 64,
                    GalleryCapacity = 1024,
                    GalleryWarmUp = 256,
                },
                Byol = new() { HiddenWidth = 256, EmbeddingWidth = 64 },
                SimSiam = new() { HiddenWidth = 256, EmbeddingWidth = 64 },
                RspNet = new() { QueueCapacity = 1024, EmbeddingWidth = 64 },
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
                AscNet = new() { GalleryCapacity = 4096, GalleryWarmUp = 512 },
                Byol = new() { HiddenWidth = 512, EmbeddingWidth = 128 },
                SimSiam = new() { HiddenWidth = 512, EmbeddingWidth = 128 },
                RspNet = new() { QueueCapacity = 4096 },
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
