using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Tacit.Learning.Evaluation;

/// <summary>Specifies a <see cref="LinearProbe"/>.</summary>
public sealed record LinearProbeOptions
{
    /// <summary>
    /// The weight λ of the L2 penalty, above 0. Default null: the value of <see cref="Grid"/> with the lowest cross-entropy in
    /// a cross-validation within the training videos.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public double? Lambda
    {
        get;
        init => field = value is { } lambda ? Require.Positive(lambda) : null;
    }

    /// <summary>The values from which λ is chosen, each above 0. Default 10⁻⁴ to 10² in powers of ten.</summary>
    /// <exception cref="ArgumentException">There are no values, or a value is not positive.</exception>
    public ImmutableArray<double> Grid
    {
        get;
        init => field = Checked(value);
    } = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100];

    /// <summary>
    /// The number of folds of the cross-validation that chooses λ, at least 2; limited to the number of sources. Default 5.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 2.</exception>
    public int InnerFolds
    {
        get;
        init => field = Require.AtLeast(2, value);
    } = 5;

    /// <summary>The seed of the folds of that cross-validation. Default 0.</summary>
    public ulong Seed { get; init; }

    /// <summary>The solver has converged when no component of the gradient has a larger magnitude. Above 0; default 10⁻⁵.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public double Tolerance
    {
        get;
        init => field = Require.Positive(value);
    } = 1e-5;

    /// <summary>The maximum number of iterations of the solver, at least 1. Default 1,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int MaxIterations
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 1000;

    /// <summary>
    /// The number of threads of the solver for more than 512 training videos, at least 1. It does not affect the result.
    /// Default: the number of processors.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
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
