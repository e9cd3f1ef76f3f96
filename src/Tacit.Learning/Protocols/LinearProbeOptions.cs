using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Tacit.Learning.Protocols;

/// <summary>The options of <see cref="LinearProbe"/>.</summary>
public sealed record LinearProbeOptions
{
    /// <summary>
    /// The weight λ of the L2 penalty, above 0. Default null: that of <see cref="Grid"/> with the least cross-entropy in a
    /// cross-validation within the training videos.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double? Lambda
    {
        get;
        init => field = value is { } lambda ? Require.Positive(lambda) : null;
    }

    /// <summary>The weights to choose from, each above 0. Default 10⁻⁴ to 10², a power of ten apart.</summary>
    /// <exception cref="ArgumentException">There are none, or one is out of range.</exception>
    public ImmutableArray<double> Grid
    {
        get;
        init => field = Checked(value);
    } = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100];

    /// <summary>Folds of the cross-validation that chooses λ, at least 2; as many as there are sources where there are fewer. Default 5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int InnerFolds
    {
        get;
        init => field = Require.AtLeast(2, value);
    } = 5;

    /// <summary>The seed of its folds. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>The solver has converged when no component of the gradient is larger. Default 10⁻⁵.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Tolerance
    {
        get;
        init => field = Require.Positive(value);
    } = 1e-5;

    /// <summary>Iterations after which the solver gives up, at least 1. Default 1,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int MaxIterations
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 1000;

    /// <summary>Threads of the solver, where there are many training videos, at least 1; results do not depend on it. Default: the number of processors.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Parallelism
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = Environment.ProcessorCount;

    private static ImmutableArray<double> Checked(ImmutableArray<double> grid, [CallerMemberName] string name = "")
    {
        if (grid.IsDefaultOrEmpty)
        {
            throw new ArgumentException($"{name} must have at least one weight", name);
        }

        foreach (var lambda in grid)
        {
            Require.Positive(lambda, name);
        }

        return grid;
    }
}
