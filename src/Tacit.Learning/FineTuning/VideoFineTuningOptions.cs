using Tacit.Learning.Clips.Augmentation;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.FineTuning;

/// <summary>Budgets of fine-tuning.</summary>
public enum FineTuningPreset
{
    /// <summary>Minutes on two cores.</summary>
    Tiny,

    /// <summary>The schedules of RSPNet's code for UCF-101.</summary>
    Paper,
}

/// <summary>The options of <see cref="VideoFineTuning"/>. Immutable; values are checked where they are set.</summary>
public sealed record VideoFineTuningOptions
{
    private const double LargestValidation = 0.5;

    /// <summary>
    /// How training clips are changed at random; their size and normalisation are the encoder's. Default crops of at least a quarter and
    /// flips (RSPNet's code).
    /// </summary>
    public AugmentationOptions Augmentation
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Augmentation));
    } = AugmentationOptions.FineTuning;

    /// <summary>How gradients change weights. Default SGD as in RSPNet's code: rate 0.1, momentum 0.9, weight decay 1e-4, cosine.</summary>
    public OptimizerOptions Optimizer
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Optimizer));
    } = new() { LastFactor = 1e-3 };

    /// <summary>The share of all steps, from 0 to 1, over which the learning rate rises; the optimizer's own number of steps is not used. Default 0 (RSPNet's code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double WarmUpShare
    {
        get;
        init => field = Require.InRange(0, 1, value);
    }

    /// <summary>The videos of a step, at least 2. Default 32 (RSPNet's code, R3D-18 on UCF-101, one GPU).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int BatchSize
    {
        get;
        init => field = Require.AtLeast(2, value);
    } = 32;

    /// <summary>Passes over the training videos, at least 1. Default 30 (RSPNet's code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Epochs
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 30;

    /// <summary>
    /// The share of the training videos, from 0 to 0.5, that is held out to choose the epoch by. Sources are held out whole, so it is one of n
    /// equal parts, n the nearest to its inverse. Default 0.2. At 0 all videos are learnt from, and the last epoch is taken.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Validation
    {
        get;
        init => field = Require.InRange(0, LargestValidation, value);
    } = 0.2;

    /// <summary>Clips of each held-out video, evenly spaced, at least 1. Default 3: the custom of 10 would take a good part of a short training.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int ValidationClips
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 3;

    /// <summary>Whether the encoder begins with fresh random weights: what pretraining is compared with. Default false.</summary>
    public bool FromScratch { get; init; }

    /// <summary>The share of videos that may be unreadable, from 0 to 1. Default 0.05.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double MaxUnreadable
    {
        get;
        init => field = Require.InRange(0, 1, value);
    } = 0.05;

    /// <summary>The seed of all randomness: the head, the held-out part, clips and their augmentation, and from scratch all weights. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>The options of a preset.</summary>
    /// <remarks>
    /// Paper has the rate, batch (of one GPU) and epochs of RSPNet's code for UCF-101: c3d 0.005, 20, 30; r2plus1d-vcop 0.1, 8, 30; s3d-g
    /// 0.005, 4, 50; every other backbone those of its R3D-18: 0.1, 32, 30. Its C3D on HMDB-51 differs: batch 6, 100 epochs, and
    /// <see cref="OptimizerOptions.Milestones"/> at 0.5, 0.7 and 0.9. Tiny is AdamW and the same for all.
    /// </remarks>
    /// <param name="preset">The preset.</param>
    /// <param name="backbone">The network that the encoder is, as its file says; null where it does not.</param>
    public static VideoFineTuningOptions Of(FineTuningPreset preset, string? backbone = null) =>
        (preset, backbone) switch
        {
            (FineTuningPreset.Tiny, _) => new()
            {
                Optimizer = new() { Kind = OptimizerKind.AdamW, LearningRate = 1e-3 },
                WarmUpShare = 0.05,
                BatchSize = 16,
            },
            (FineTuningPreset.Paper, "c3d") => Rspnet(rate: 0.005, batch: 20, epochs: 30),
            (FineTuningPreset.Paper, "r2plus1d-vcop") => Rspnet(rate: 0.1, batch: 8, epochs: 30),
            (FineTuningPreset.Paper, "s3d-g") => Rspnet(rate: 0.005, batch: 4, epochs: 50),
            (FineTuningPreset.Paper, _) => new(),
            _ => throw new ArgumentOutOfRangeException(nameof(preset), preset, "must be tiny or paper"),
        };

    private static VideoFineTuningOptions Rspnet(double rate, int batch, int epochs)
    {
        var options = new VideoFineTuningOptions();
        return options with { Optimizer = options.Optimizer with { LearningRate = rate }, BatchSize = batch, Epochs = epochs };
    }
}
