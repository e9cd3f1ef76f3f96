using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Tacit.Learning.Optimization;

/// <summary>The optimisation algorithms for weights.</summary>
public enum OptimizerKind
{
    /// <summary>Stochastic gradient descent with momentum.</summary>
    Sgd,

    /// <summary>
    /// Stochastic gradient descent with momentum on gradients that are scaled layer by layer, for large batches (You, Gitman
    /// and Ginsburg 2017).
    /// </summary>
    Lars,

    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter 2019).</summary>
    AdamW,
}

/// <summary>Specifies a <see cref="WeightUpdate"/>. Immutable; each value is checked when it is set.</summary>
/// <example><code>
/// var options = new OptimizerOptions { Kind = OptimizerKind.AdamW, LearningRate = 1e-3, WarmUpSteps = 100 };
/// </code></example>
public sealed record OptimizerOptions
{
    /// <summary>The algorithm. Default <see cref="OptimizerKind.Sgd"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public OptimizerKind Kind
    {
        get;
        init =>
            field = Enum.IsDefined(value)
                ? value
                : throw new ArgumentOutOfRangeException(nameof(Kind), value, "Kind must be Sgd, Lars or AdamW.");
    }

    /// <summary>
    /// The highest learning rate, above 0. Default 0.1, as for SGD in He et al. 2016; AdamW typically needs about 1e-3.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or not finite.</exception>
    public double LearningRate
    {
        get;
        init => field = Above0(value);
    } = 0.1;

    /// <summary>
    /// The number of steps over which the learning rate rises linearly to <see cref="LearningRate"/>, at least 0. Default 0.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public long WarmUpSteps
    {
        get;
        init => field = value >= 0 ? value : throw OutOfRange(value, "must be at least 0");
    }

    /// <summary>
    /// The final learning rate as a share of <see cref="LearningRate"/>, 0 to 1. The rate falls to it along half a cosine; 1
    /// keeps it constant. Default 0 (Loshchilov and Hutter 2017). Ignored if there are <see cref="Milestones"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in 0 … 1.</exception>
    public double LastFactor
    {
        get;
        init => field = value is >= 0 and <= 1 ? value : throw OutOfRange(value, "must be from 0 to 1");
    }

    /// <summary>
    /// The points, as shares of all steps, at which the learning rate is divided by ten. The shares must ascend and lie between
    /// 0 and 1, exclusive. Default empty: the rate falls along a cosine instead.
    /// </summary>
    /// <exception cref="ArgumentException">The shares do not ascend or are not between 0 and 1.</exception>
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

    /// <summary>The momentum of SGD and LARS, at least 0 and below 1. Default 0.9. AdamW ignores it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1).</exception>
    public double Momentum
    {
        get;
        init => field = Below1(value);
    } = 0.9;

    /// <summary>Whether SGD and LARS use Nesterov momentum. Default false.</summary>
    public bool Nesterov { get; init; }

    /// <summary>The weight decay, at least 0. Default 1e-4 (He et al. 2016).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public double WeightDecay
    {
        get;
        init => field = value >= 0 ? Finite(value) : throw OutOfRange(value, "must be at least 0");
    } = 1e-4;

    /// <summary>
    /// Whether parameters of one dimension (biases, and the scales and shifts of normalisations) are excluded from weight decay
    /// and from the scaling of LARS. Default null: true for LARS and AdamW, false for SGD.
    /// </summary>
    public bool? SparesVectors { get; init; }

    /// <summary>The decay rate of AdamW's first moment, at least 0 and below 1. Default 0.9 (Kingma and Ba 2015).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1).</exception>
    public double Beta1
    {
        get;
        init => field = Below1(value);
    } = 0.9;

    /// <summary>The decay rate of AdamW's second moment, at least 0 and below 1. Default 0.999 (Kingma and Ba 2015).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in [0, 1).</exception>
    public double Beta2
    {
        get;
        init => field = Below1(value);
    } = 0.999;

    /// <summary>The trust coefficient η of LARS, above 0. Default 0.001 (You et al. 2017).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or not finite.</exception>
    public double TrustCoefficient
    {
        get;
        init => field = Above0(value);
    } = 0.001;

    /// <summary>
    /// The maximum norm of the whole gradient of a step, above 0. Larger gradients are scaled down. Default null: gradients are
    /// not clipped.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive or not finite.</exception>
    public double? MaxGradientNorm
    {
        get;
        init => field = value is { } norm ? Above0(norm) : null;
    }

    /// <summary>Creates the learning rate schedule for a training of a given length.</summary>
    /// <param name="steps">The total number of steps, at least 1.</param>
    /// <exception cref="ArgumentException">
    /// Options contradict each other or <paramref name="steps"/>. The message lists all contradictions.
    /// </exception>
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
