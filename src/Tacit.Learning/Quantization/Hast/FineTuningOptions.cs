using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>The schedules of the learning rate of <see cref="HastFineTuning"/>.</summary>
public enum FineTuningSchedule
{
    /// <summary>A linear rise over <see cref="FineTuningOptions.WarmUp"/> steps, then half a cosine to 0.</summary>
    WarmUpCosine,

    /// <summary>
    /// Division by ten after 16/147, 36/147 and 56/147 of the steps. These are the authors' epochs 20, 40 and 60 of 151, of which
    /// the first 4 train nothing.
    /// </summary>
    Steps,
}

/// <summary>Specifies a <see cref="HastFineTuning"/>. Immutable; each value is checked when it is set.</summary>
/// <remarks>The defaults are the values of the authors' code for CIFAR.</remarks>
/// <example><code>
/// var options = new FineTuningOptions { Steps = 300, BatchSize = 32, AdamW = true, LearningRate = 1e-3, GradientNorm = 1 };
/// </code></example>
public sealed record FineTuningOptions
{
    /// <summary>
    /// The number of steps, at least 0. With 0, the network stays as rounding made it. Default 29,400 (the authors' code: 147
    /// epochs of 200).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Steps
    {
        get;
        init => field = AtLeast(0, value);
    } = 29400;

    /// <summary>The number of samples of a step, at least 1. Default 256 (the published setting: 64 on each of 4 devices).</summary>
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

    /// <summary>The schedule of the learning rate. Default <see cref="FineTuningSchedule.Steps"/> (the authors' code).</summary>
    public FineTuningSchedule Schedule { get; init; } = FineTuningSchedule.Steps;

    /// <summary>
    /// Whether the optimiser is AdamW. Default false: SGD with Nesterov momentum 0.9 (the authors' code).
    /// </summary>
    [JsonPropertyName("adam")]
    public bool AdamW { get; init; }

    /// <summary>
    /// The number of steps over which the learning rate rises linearly, at least 0. Default 0. Only <see
    /// cref="FineTuningSchedule.WarmUpCosine"/> uses it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int WarmUp
    {
        get;
        init => field = AtLeast(0, value);
    }

    /// <summary>
    /// The maximum norm of the whole gradient of a step, above 0. Larger gradients are scaled down. Default null: gradients are not
    /// clipped (the authors' code).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double? GradientNorm
    {
        get;
        init => field = value is { } norm ? Above0(norm) : null;
    }

    /// <summary>The weight decay of all parameters, at least 0. Default 1e-4 (the authors' code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double WeightDecay
    {
        get;
        init => field = AtLeast(0, value);
    } = 1e-4;

    /// <summary>The temperature T of <see cref="Distillation"/>, above 0. Default 20 (the authors' code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Temperature
    {
        get;
        init => field = Above0(value);
    } = 20;

    /// <summary>The weight α of <see cref="Distillation"/>, besides T², above 0. Default 20 (the authors' code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double DistillationWeight
    {
        get;
        init => field = Above0(value);
    } = 20;

    /// <summary>
    /// The weight λ of <see cref="FeatureAlignment"/>, at least 0; 0 switches it off. Default 1,000 (the authors' code, whose
    /// configurations of up to 4,000 are never read).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double FeatureWeight
    {
        get;
        init => field = AtLeast(0, value);
    } = 1000;

    /// <summary>
    /// Whether an encoder is distilled by the probabilities of prototypes, as a classifier is by those of classes. Default true. If
    /// false, only its features are compared. Classifiers ignore it.
    /// </summary>
    public bool Prototypes { get; init; } = true;

    /// <summary>
    /// The weight of the squared difference of an encoder's features, relative to their variance, at least 0. Default 1,000, which
    /// makes it about as large as the other losses. Classifiers ignore it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double RegressionWeight
    {
        get;
        init => field = AtLeast(0, value);
    } = 1000;

    /// <summary>
    /// The step ε by which every pixel is changed to promote the difficulty of a sample, in the network's normalised units, at
    /// least 0; 0 switches promotion off. Default 0.01 (the authors' code).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Perturbation
    {
        get;
        init => field = AtLeast(0, value);
    } = 0.01;

    /// <summary>
    /// The smallest share of a sample's area that a random crop keeps, above 0 and at most 1. With 1, samples are only mirrored.
    /// Default 0.5 (the authors' code).
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
    /// The approximate number of bytes that a step may take, at least 1. If <see cref="BatchSize"/> samples need more, batches are
    /// smaller. Default 4 GiB.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public long MemoryLimit
    {
        get;
        init => field = AtLeast(1, value);
    } = 4L << 30;

    /// <summary>The seed of the order of samples, the crops and the mirroring. Default 0.</summary>
    public ulong Seed { get; init; }

    private static T AtLeast<T>(T least, T value, [CallerMemberName] string name = "")
        where T : struct, IComparable<T> =>
        value.CompareTo(least) >= 0
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} must be at least {least}, not {value}.");

    private static double Above0(double value, [CallerMemberName] string name = "") =>
        value > 0 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be positive, not {value}.");
}
