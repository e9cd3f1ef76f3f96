using System.Runtime.CompilerServices;
using Tacit.Learning.Execution;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Training;

/// <summary>The options of <see cref="ExponentialMovingAverage"/>. Immutable; values are checked where they are set.</summary>
public sealed record ExponentialMovingAverageOptions
{
    /// <summary>The first momentum, m0, from 0 to 1. Default 0.996 (Grill et al. 2020).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double FirstMomentum
    {
        get;
        init => field = From0To1(value);
    } = 0.996;

    /// <summary>The last momentum, m1, from 0 to 1; equal to the first it is constant. Default 1 (Grill et al. 2020).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double LastMomentum
    {
        get;
        init => field = From0To1(value);
    } = 1;

    /// <summary>
    /// Whether running statistics are copied. Default true. Otherwise they are left alone, for targets that are run in
    /// training mode and observe their own.
    /// </summary>
    public bool CopiesStatistics { get; init; } = true;

    private static double From0To1(double value, [CallerMemberName] string name = "") =>
        value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} must be from 0 to 1, not {value}.");
}

/// <summary>Weights that follow others slowly, as the target network of BYOL does (Grill et al. 2020, equation 1).</summary>
/// <remarks>
/// xi = m xi + (1 - m) theta, in place, with m = m1 - (m1 - m0) (cos(pi k / K) + 1) / 2 at step k of K. There is no state
/// beside the weights. Neither set of weights is owned.
/// </remarks>
/// <example>From xi = 1, theta = 2 and m = 0.9, xi becomes 1.1.</example>
public sealed class ExponentialMovingAverage
{
    private readonly ExponentialMovingAverageOptions _options;
    private readonly (Tensor Target, Tensor Source)[] _parameters;
    private readonly (Tensor Target, Tensor Source)[] _statistics;
    private readonly long _steps;

    /// <summary>The average over the steps of one set of weights, held in another.</summary>
    /// <param name="options">The options.</param>
    /// <param name="target">The weights that follow.</param>
    /// <param name="source">The weights that are followed: of the same graph, or of one that has all the target's weights.</param>
    /// <param name="steps">The number of steps in all, over which the momentum changes; at least 1.</param>
    /// <exception cref="ArgumentException">The source lacks a weight of the target, or its sizes differ.</exception>
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

    /// <summary>The momentum of a step, counted from 0; steps after the last have the last momentum.</summary>
    public double MomentumAt(long step) =>
        _options.LastMomentum
        - ((_options.LastMomentum - _options.FirstMomentum) * (Math.Cos(Math.PI * Math.Min(step, _steps) / _steps) + 1) / 2);

    /// <summary>Moves the target towards the source, in place.</summary>
    /// <param name="step">The step, counted from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The step is negative.</exception>
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
