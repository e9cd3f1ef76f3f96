using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Optimization;

/// <summary>Specifies a <see cref="ExponentialMovingAverage"/>.</summary>
public sealed record ExponentialMovingAverageOptions
{
    /// <summary>The momentum m₀ of the first step, 0 to 1. Default 0.996 (Grill et al. 2020).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in 0 … 1.</exception>
    public double FirstMomentum
    {
        get;
        init => field = Require.InRange(0, 1, value);
    } = 0.996;

    /// <summary>
    /// The momentum m₁ after the last step, 0 to 1. Default 1 (Grill et al. 2020). If it equals <see cref="FirstMomentum"/>,
    /// the momentum is constant.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not in 0 … 1.</exception>
    public double LastMomentum
    {
        get;
        init => field = Require.InRange(0, 1, value);
    } = 1;

    /// <summary>
    /// Whether the running statistics of batch normalisations are copied from the source. Default true. Set it to false for a
    /// target that runs in training mode and collects its own statistics.
    /// </summary>
    public bool CopiesStatistics { get; init; } = true;
}

/// <summary>
/// An exponential moving average of the weights of a network, such as the target network of BYOL (Grill et al. 2020, equation
/// 1).
/// </summary>
/// <remarks>
/// At step k of K, the target weights ξ and the source weights θ give ξ ← m ξ + (1 - m) θ with the momentum m = m₁ - (m₁ - m₀)
/// (cos(π k / K) + 1) / 2. The weights are updated in place and are the only state. This object does not own either set of
/// weights.
/// </remarks>
/// <example>For ξ = 1, θ = 2 and m = 0.9, the target becomes 1.1.</example>
internal sealed class ExponentialMovingAverage
{
    private readonly ExponentialMovingAverageOptions _options;
    private readonly (Tensor Target, Tensor Source)[] _parameters;
    private readonly (Tensor Target, Tensor Source)[] _statistics;
    private readonly long _steps;

    /// <summary>Creates a moving average of one set of weights in another.</summary>
    /// <param name="options">The momentum and the treatment of statistics.</param>
    /// <param name="target">The weights that are updated.</param>
    /// <param name="source">The weights that are averaged. They must contain all weights of the target, in the same shapes.</param>
    /// <param name="steps">The total number of steps K over which the momentum changes, at least 1.</param>
    /// <exception cref="ArgumentException">The source lacks a weight of the target, or has it in another shape.</exception>
    public ExponentialMovingAverage(ExponentialMovingAverageOptions options, TorchWeights target, TorchWeights source, long steps)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        (_options, _steps) = (options, steps);
        _parameters = [.. target.Parameters.Select(parameter => Pair(parameter.Name, parameter.Tensor))];
        _statistics = options.CopiesStatistics ? [.. target.Statistics.Select(statistic => Pair(statistic.Name, statistic.Tensor))] : [];

        (Tensor Target, Tensor Source) Pair(string name, Tensor tensor) =>
            tensor.shape.AsSpan().SequenceEqual(source[name].shape)
                ? (tensor, source[name])
                : throw new ArgumentException($"{name} is of other sizes in the two sets of weights", nameof(source));
    }

    /// <summary>Returns the momentum of a step. Steps after the last have <see cref="ExponentialMovingAverageOptions.LastMomentum"/>.</summary>
    /// <param name="step">The step, from 0.</param>
    public double MomentumAt(long step) =>
        _options.LastMomentum
        - ((_options.LastMomentum - _options.FirstMomentum) * (Math.Cos(Math.PI * Math.Min(step, _steps) / _steps) + 1) / 2);

    /// <summary>Updates the target in place. Call this once after each step of the source.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="step"/> is negative.</exception>
    public void Update(long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var share = 1 - MomentumAt(step);
        foreach (var (target, source) in _parameters)
        {
            target.lerp_(source, share);
        }

        foreach (var (target, source) in _statistics)
        {
            target.copy_(source);
        }
    }
}
