using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Tacit.Learning.Training;

/// <summary>How gradients change weights.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with momentum.</summary>
    Sgd,

    /// <summary>The same on gradients scaled layer by layer (You, Gitman and Ginsburg 2017), for large batches.</summary>
    Lars,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019).</summary>
    AdamW,
}

/// <summary>The options of <see cref="WeightUpdate"/>. Immutable; values are checked where they are set.</summary>
public sealed record OptimizerOptions
{
    /// <summary>The kind. Default SGD.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the kinds.</exception>
    public OptimizerKind Kind
    {
        get;
        init =>
            field = Enum.IsDefined(value)
                ? value
                : throw new ArgumentOutOfRangeException(nameof(Kind), value, "Kind must be Sgd, Lars or AdamW.");
    }

    /// <summary>The highest learning rate, above 0. Default 0.1 (He et al. 2016, SGD); AdamW wants about 1e-3.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double LearningRate
    {
        get;
        init => field = Above0(value);
    } = 0.1;

    /// <summary>Steps over which the rate rises linearly to the highest, at least 0. Default 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public long WarmUpSteps
    {
        get;
        init => field = value >= 0 ? value : throw OutOfRange(value, "must be at least 0");
    }

    /// <summary>
    /// The last learning rate as a share of the highest, from 0 to 1, to which it falls along half a cosine; 1 keeps it. Default 0
    /// (Loshchilov and Hutter 2017).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double LastFactor
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw OutOfRange(value, "must be from 0 to 1");
    }

    /// <summary>
    /// Shares of all steps, rising within 0 and 1, from which on the rate is a tenth of what it was; it then falls at these alone, and
    /// <see cref="LastFactor"/> has no meaning. Default none: along the cosine.
    /// </summary>
    /// <exception cref="ArgumentException">They do not rise within 0 and 1.</exception>
    public ImmutableArray<double> Milestones
    {
        get;
        init =>
            field =
                !value.IsDefault
                && value.All(share => share is > 0 and < 1)
                && value.Zip(value.Skip(1)).All(pair => pair.First < pair.Second)
                    ? value
                    : throw new ArgumentException($"{nameof(Milestones)} must rise within 0 and 1", nameof(Milestones));
    } = [];

    /// <summary>The momentum of SGD and LARS, at least 0 and below 1. Default 0.9. AdamW has none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Momentum
    {
        get;
        init => field = Below1(value);
    } = 0.9;

    /// <summary>Whether momentum looks ahead (Nesterov), in SGD and LARS. Default false.</summary>
    public bool Nesterov { get; init; }

    /// <summary>Weight decay, at least 0. Default 1e-4 (He et al. 2016).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double WeightDecay
    {
        get;
        init => field = value >= 0 ? Finite(value) : throw OutOfRange(value, "must be at least 0");
    } = 1e-4;

    /// <summary>
    /// Whether biases and the scales and shifts of normalisations, which are the parameters of one dimension, go without weight
    /// decay and without LARS's scaling. Default null: yes for LARS and AdamW, no for SGD.
    /// </summary>
    public bool? SparesVectors { get; init; }

    /// <summary>AdamW's decay of the mean gradient, at least 0 and below 1. Default 0.9 (Kingma and Ba 2015).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Beta1
    {
        get;
        init => field = Below1(value);
    } = 0.9;

    /// <summary>AdamW's decay of the mean squared gradient, at least 0 and below 1. Default 0.999 (Kingma and Ba 2015).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Beta2
    {
        get;
        init => field = Below1(value);
    } = 0.999;

    /// <summary>LARS's trust coefficient, eta, above 0. Default 0.001 (You et al. 2017).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double TrustCoefficient
    {
        get;
        init => field = Above0(value);
    } = 0.001;

    /// <summary>The norm to which a step's whole gradient is clipped, above 0; null does not clip. Default null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double? MaxGradientNorm
    {
        get;
        init => field = value is { } norm ? Above0(norm) : null;
    }

    /// <summary>The learning rate of each of <paramref name="steps"/> steps.</summary>
    /// <exception cref="ArgumentException">Options contradict each other or the number of steps; the message names all of them.</exception>
    public LearningRateSchedule Schedule(long steps)
    {
        List<string> violations = [];
        if (steps < 1)
        {
            violations.Add($"there must be at least one step, not {steps}");
        }
        else if (WarmUpSteps > steps)
        {
            violations.Add($"WarmUpSteps ({WarmUpSteps}) must not be more than all steps ({steps})");
        }

        if (Nesterov && (Kind == OptimizerKind.AdamW || Momentum == 0))
        {
            violations.Add("Nesterov needs Sgd or Lars with a Momentum above 0");
        }

        if (violations.Count > 0)
        {
            throw new ArgumentException($"The optimizer cannot be made: {string.Join("; ", violations)}.");
        }

        return Milestones.IsEmpty
            ? LearningRateSchedule.Cosine(LearningRate, steps, WarmUpSteps, LearningRate * LastFactor)
            : LearningRateSchedule
                .MultiStep(LearningRate, [.. Milestones.Select(share => (long)Math.Round(share * steps))])
                .WithWarmUp(WarmUpSteps);
    }

    private static double Above0(double value, [CallerMemberName] string name = "") =>
        value > 0 ? Finite(value, name) : throw OutOfRange(value, "must be positive", name);

    private static double Below1(double value, [CallerMemberName] string name = "") =>
        value is >= 0 and < 1 ? value : throw OutOfRange(value, "must be at least 0 and below 1", name);

    private static double Finite(double value, [CallerMemberName] string name = "") =>
        double.IsFinite(value) ? value : throw OutOfRange(value, "must be a finite number", name);

    private static ArgumentOutOfRangeException OutOfRange(double value, string rule, [CallerMemberName] string name = "") =>
        new(name, value, $"{name} {rule}, not {value}.");
}
