using System.Runtime.CompilerServices;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>The schedules of the learning rate of <see cref="HardSampleSynthesis"/>.</summary>
public enum SynthesisSchedule
{
    /// <summary>Half a cosine from the rate to 0 over the steps of a batch. It makes better use of few steps.</summary>
    Cosine,

    /// <summary>Division by ten whenever the loss has not fallen for 50 steps, down to 1e-4 (the authors' code).</summary>
    Plateau,
}

/// <summary>Specifies a <see cref="HardSampleSynthesis"/>. Immutable; each value is checked when it is set.</summary>
/// <remarks>The defaults are the values of the authors' code, for CIFAR where they depend on the data.</remarks>
/// <example><code>
/// var options = new SynthesisOptions { Samples = 512, Steps = 200, LearningRate = 0.2, Schedule = SynthesisSchedule.Cosine };
/// </code></example>
public sealed record SynthesisOptions
{
    /// <summary>The number of samples, at least 1. Default 5,120 (the authors' code: 4 groups of 5 batches of 256).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Samples
    {
        get;
        init => field = Positive(value);
    } = 5120;

    /// <summary>
    /// The number of samples that are optimised together, at least 2. L_BNS compares the statistics of such a batch. Default 256
    /// (the authors' scripts).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int BatchSize
    {
        get;
        init => field = value >= 2 ? value : throw Below(2, value);
    } = 256;

    /// <summary>The steps of each batch, at least 1. Default 1,000 (the authors' code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Steps
    {
        get;
        init => field = Positive(value);
    } = 1000;

    /// <summary>The initial learning rate of Adam, in the units of the pixels, above 0. Default 0.5 (the authors' code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double LearningRate
    {
        get;
        init => field = value > 0 ? value : throw Below(0, value);
    } = 0.5;

    /// <summary>The schedule of the learning rate. Default <see cref="SynthesisSchedule.Plateau"/> (the authors' code).</summary>
    public SynthesisSchedule Schedule { get; init; } = SynthesisSchedule.Plateau;

    /// <summary>
    /// The weight β of L_HIL (HAST, equation 9), at least 0. With 0, samples are made by L_BNS alone. Default null: the authors'
    /// value for the width of the input, 10 below 96 pixels (CIFAR) and 0.1 from 96 (ImageNet).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double? InceptionWeight
    {
        get;
        init => field = value is null or >= 0 ? value : throw Below(0, value.Value);
    }

    /// <summary>
    /// The exponent γ of the difficulty in L_HIL (HAST, equation 8), at least 0. With 0, it is the plain inception loss. Default
    /// null: the authors' value for the width of the input, 2 below 96 pixels (CIFAR) and 0.5 from 96 (ImageNet).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double? DifficultyExponent
    {
        get;
        init => field = value is null or >= 0 ? value : throw Below(0, value.Value);
    }

    /// <summary>
    /// The approximate number of bytes that a step may take, at least 1. If <see cref="BatchSize"/> samples need more, batches are
    /// smaller, and the statistics are those of fewer samples. Default 4 GiB.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public long MemoryLimit
    {
        get;
        init => field = value >= 1 ? value : throw Below(1, value);
    } = 4L << 30;

    /// <summary>The seed of the initial noise and the labels. Default 0.</summary>
    public ulong Seed { get; init; }

    private static int Positive(int value, [CallerMemberName] string name = "") => value >= 1 ? value : throw Below(1, value, name);

    private static ArgumentOutOfRangeException Below(double least, double value, [CallerMemberName] string name = "") =>
        new(name, value, $"{name} must be {(least == 0 ? "positive" : $"at least {least}")}, not {value}.");
}
