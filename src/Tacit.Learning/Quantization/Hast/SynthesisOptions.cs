using System.Runtime.CompilerServices;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>How the learning rate of synthesis falls.</summary>
public enum SynthesisSchedule
{
    /// <summary>Half a cosine from the rate to 0 over the steps: the better use of few steps.</summary>
    Cosine,

    /// <summary>A tenth whenever the loss has not fallen for 50 steps, down to 1e-4 (the authors' code).</summary>
    Plateau,
}

/// <summary>The options of <see cref="HardSampleSynthesis"/>. Immutable; values are checked where they are set.</summary>
public sealed record SynthesisOptions
{
    /// <summary>The number of samples, at least 1. Default 5,120 (the authors' code: 4 groups of 5 batches of 256).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Samples
    {
        get;
        init => field = Positive(value);
    } = 5120;

    /// <summary>Samples that are optimised together and share their statistics, at least 2. Default 256 (the authors' scripts).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int BatchSize
    {
        get;
        init => field = value >= 2 ? value : throw Below(2, value);
    } = 256;

    /// <summary>Steps for each batch, at least 1. Default 1,000 (the authors' code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Steps
    {
        get;
        init => field = Positive(value);
    } = 1000;

    /// <summary>Adam's learning rate, above 0. Default 0.5 (the authors' code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double LearningRate
    {
        get;
        init => field = value > 0 ? value : throw Below(0, value);
    } = 0.5;

    /// <summary>How the learning rate falls. Default plateau (the authors' code).</summary>
    public SynthesisSchedule Schedule { get; init; } = SynthesisSchedule.Plateau;

    /// <summary>
    /// Beta, the weight of the inception loss, at least 0; 0 leaves the statistics alone. Null chooses the authors' value by the
    /// size of the input: 10 below 96 pixels (CIFAR), 0.1 from there (ImageNet). Default null.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double? InceptionWeight
    {
        get;
        init => field = value is null or >= 0 ? value : throw Below(0, value.Value);
    }

    /// <summary>
    /// Gamma, the exponent of the difficulty, at least 0; 0 is the plain inception loss. Null chooses the authors' value by the
    /// size of the input: 2 below 96 pixels (CIFAR), 0.5 from there (ImageNet). Default null.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double? DifficultyExponent
    {
        get;
        init => field = value is null or >= 0 ? value : throw Below(0, value.Value);
    }

    /// <summary>
    /// The bytes that a step may take, about; where <see cref="BatchSize"/> samples need more, batches are smaller. Default 4 GiB.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public long MemoryLimit
    {
        get;
        init => field = value >= 1 ? value : throw Below(1, value);
    } = 4L << 30;

    /// <summary>The seed of noise and labels. Default 0.</summary>
    public ulong Seed { get; init; }

    private static int Positive(int value, [CallerMemberName] string name = "") => value >= 1 ? value : throw Below(1, value, name);

    private static ArgumentOutOfRangeException Below(double least, double value, [CallerMemberName] string name = "") =>
        new(name, value, $"{name} must be {(least == 0 ? "positive" : $"at least {least}")}, not {value}.");
}
