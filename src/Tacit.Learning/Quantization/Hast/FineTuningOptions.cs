using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>How the learning rate of fine-tuning falls.</summary>
public enum FineTuningSchedule
{
    /// <summary>A linear warm-up, then half a cosine to 0.</summary>
    WarmUpCosine,

    /// <summary>A tenth at 4,000, 8,000 and 12,000 of 30,200 steps, and in the same proportion of others (the authors' code).</summary>
    Steps,
}

/// <summary>The options of <see cref="HastFineTuning"/>. Immutable; values are checked where they are set.</summary>
public sealed record FineTuningOptions
{
    /// <summary>Steps, at least 0; 0 leaves the network as rounding made it. Default 29,400 (the authors' code: 147 times 200).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Steps
    {
        get;
        init => field = AtLeast(0, value);
    } = 29400;

    /// <summary>Samples of a step, at least 1. Default 256 (the published setting; 64 on each of 4 devices).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int BatchSize
    {
        get;
        init => field = AtLeast(1, value);
    } = 256;

    /// <summary>The highest learning rate, above 0. Default 1e-5 (the authors' code for CIFAR).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double LearningRate
    {
        get;
        init => field = Above0(value);
    } = 1e-5;

    /// <summary>How the learning rate falls. Default in steps (the authors' code).</summary>
    public FineTuningSchedule Schedule { get; init; } = FineTuningSchedule.Steps;

    /// <summary>AdamW in place of SGD with Nesterov momentum 0.9 (the authors' code). Default false.</summary>
    [JsonPropertyName("adam")]
    public bool AdamW { get; init; }

    /// <summary>Steps over which the rate rises from 0 under <see cref="FineTuningSchedule.WarmUpCosine"/>, at least 0. Default 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int WarmUp
    {
        get;
        init => field = AtLeast(0, value);
    }

    /// <summary>The norm to which a step's whole gradient is clipped, above 0; null does not clip. Default null (the authors' code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double? GradientNorm
    {
        get;
        init => field = value is { } norm ? Above0(norm) : null;
    }

    /// <summary>Weight decay on all parameters, at least 0. Default 1e-4 (the authors' code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double WeightDecay
    {
        get;
        init => field = AtLeast(0, value);
    } = 1e-4;

    /// <summary>T, the temperature of distillation, above 0. Default 20 (the authors' code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Temperature
    {
        get;
        init => field = Above0(value);
    } = 20;

    /// <summary>Alpha, the weight of distillation beside T², above 0. Default 20 (the authors' code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double DistillationWeight
    {
        get;
        init => field = Above0(value);
    } = 20;

    /// <summary>Lambda, the weight of feature alignment, at least 0; 0 switches it off. Default 1,000 (the authors' code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double FeatureWeight
    {
        get;
        init => field = AtLeast(0, value);
    } = 1000;

    /// <summary>
    /// Whether an encoder is distilled by the probabilities of prototypes, as a classifier is by those of
    /// classes. Default true.
    /// </summary>
    public bool Prototypes { get; init; } = true;

    /// <summary>
    /// The weight of an encoder's squared feature differences, in parts of their variance, at least 0. Default 1,000, about the size
    /// of the other losses.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double RegressionWeight
    {
        get;
        init => field = AtLeast(0, value);
    } = 1000;

    /// <summary>Epsilon, the size of promotion's step in every pixel, at least 0; 0 switches promotion off. Default 0.01 (the authors' code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Perturbation
    {
        get;
        init => field = AtLeast(0, value);
    } = 0.01;

    /// <summary>
    /// The least share of a sample's area that a random crop keeps, above 0 and at most 1; 1 only mirrors. Default 0.5 (the
    /// authors' code).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double CropArea
    {
        get;
        init =>
            field = value is > 0 and <= 1
                ? value
                : throw new ArgumentOutOfRangeException(nameof(CropArea), value, $"CropArea must be above 0 and at most 1, not {value}.");
    } = 0.5;

    /// <summary>
    /// The bytes that a step may take, about; where <see cref="BatchSize"/> samples need more, batches are smaller. Default 4 GiB.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public long MemoryLimit
    {
        get;
        init => field = AtLeast(1, value);
    } = 4L << 30;

    /// <summary>The seed of batches and augmentation. Default 0.</summary>
    public ulong Seed { get; init; }

    private static T AtLeast<T>(T least, T value, [CallerMemberName] string name = "")
        where T : struct, IComparable<T> =>
        value.CompareTo(least) >= 0
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {least}, not {value}.");

    private static double Above0(double value, [CallerMemberName] string name = "") =>
        value > 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive, not {value}.");
}
