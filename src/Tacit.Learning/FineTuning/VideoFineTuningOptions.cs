using Tacit.Learning.Clips.Augmentation;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.FineTuning;

/// <summary>Specifies a budget of fine-tuning.</summary>
public enum FineTuningPreset
{
    /// <summary>AdamW with a learning rate of 1e-3, batches of 16 and 30 epochs: minutes on two cores with a small encoder.</summary>
    Tiny,

    /// <summary>The schedules of RSPNet's code for UCF-101: SGD with a cosine, 30 or 50 epochs, depending on the encoder.</summary>
    Paper,
}

/// <summary>Options of <see cref="VideoFineTuning"/>. Immutable; each value is checked when it is set.</summary>
/// <example>
/// <code>
/// var options = VideoFineTuningOptions.Of(FineTuningPreset.Paper, backbone: "c3d") with { Epochs = 10, Seed = 1 };
/// </code>
/// </example>
public sealed record VideoFineTuningOptions
{
    private const double LargestValidation = 0.5;

    /// <summary>
    /// The augmentation of training clips. Its size and normalisation are replaced by the encoder's. Default
    /// <see cref="AugmentationOptions.FineTuning"/>: crops of at least a quarter of the area and mirroring, as in RSPNet's code.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public AugmentationOptions Augmentation
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Augmentation));
    } = AugmentationOptions.FineTuning;

    /// <summary>
    /// The optimiser. Default SGD as in RSPNet's code: learning rate 0.1, momentum 0.9, weight decay 1e-4, and a cosine to a thousandth of
    /// the rate.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public OptimizerOptions Optimizer
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Optimizer));
    } = new() { LastFactor = 1e-3 };

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

    /// <summary>The number of videos in a step, at least 2. Default 32, as in RSPNet's code for R3D-18 on UCF-101 with one GPU.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 2.</exception>
    public int BatchSize
    {
        get;
        init => field = Require.AtLeast(2, value);
    } = 32;

    /// <summary>The number of passes over the training videos, at least 1. Default 30, as in RSPNet's code.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int Epochs
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 30;

    /// <summary>
    /// The share of the training videos, 0 to 0.5, that is held out to choose the epoch. Default 0.2. Videos of a source stay together, so
    /// the share is rounded to 1 / n with an integer n. At 0, all videos are trained on, and the last epoch is taken.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Validation
    {
        get;
        init => field = Require.InRange(0, LargestValidation, value);
    } = 0.2;

    /// <summary>
    /// The number of evenly spaced clips of each held-out video, at least 1. Default 3. The usual 10 would take a large part of a short
    /// training.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int ValidationClips
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 3;

    /// <summary>Whether the encoder starts from new random weights, as a baseline for pretraining. Default false.</summary>
    public bool FromScratch { get; init; }

    /// <summary>The share of videos, 0 to 1, that may be unreadable before training fails. Default 0.05.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double MaxUnreadable
    {
        get;
        init => field = Require.InRange(0, 1, value);
    } = 0.05;

    /// <summary>
    /// The seed of all randomness: the weights of the new layer, the validation part, clips and their augmentation, and with
    /// <see cref="FromScratch"/> all weights. Default 0.
    /// </summary>
    public ulong Seed { get; init; }

    /// <summary>Returns the options of a preset.</summary>
    /// <remarks>
    /// <para>
    /// <see cref="FineTuningPreset.Paper"/> has the learning rate, batch size (of one GPU) and number of epochs of RSPNet's code for
    /// UCF-101:
    /// </para>
    /// <list type="bullet">
    /// <item>c3d: 0.005, 20, 30</item>
    /// <item>r2plus1d-vcop: 0.1, 8, 30</item>
    /// <item>s3d-g: 0.005, 4, 50</item>
    /// <item>all others: 0.1, 32, 30, the values of its R3D-18</item>
    /// </list>
    /// <para>
    /// Its C3D on HMDB-51 differs: batch size 6, 100 epochs and <see cref="OptimizerOptions.Milestones"/> at 0.5, 0.7 and 0.9.
    /// <see cref="FineTuningPreset.Tiny"/> is the same for all encoders.
    /// </para>
    /// </remarks>
    /// <param name="preset">The preset.</param>
    /// <param name="backbone">
    /// The name of the encoder's network in <see cref="Networks.VideoZoo"/>, from its metadata; null if it is unknown.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="preset"/> is not defined.</exception>
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
