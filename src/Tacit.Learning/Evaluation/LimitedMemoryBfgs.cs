namespace Tacit.Learning.Evaluation;

/// <summary>Computes the value and the gradient of a function.</summary>
/// <param name="point">The point.</param>
/// <param name="gradient">Receives the gradient.</param>
/// <returns>The value.</returns>
internal delegate double Objective(ReadOnlySpan<double> point, Span<double> gradient);

/// <summary>The result of a minimisation.</summary>
/// <param name="Point">The best point found.</param>
/// <param name="Value">The value at that point.</param>
/// <param name="Iterations">The number of iterations.</param>
/// <param name="Converged">Whether the gradient is within the tolerance.</param>
internal sealed record Minimum(double[] Point, double Value, int Iterations, bool Converged);

/// <summary>
/// Minimises a smooth convex function with L-BFGS (Liu and Nocedal 1989), a memory of 10 steps and a backtracking line search
/// with the Armijo condition.
/// </summary>
/// <param name="tolerance">The minimisation has converged when no component of the gradient has a larger magnitude.</param>
/// <param name="maxIterations">The maximum number of iterations.</param>
internal sealed class LimitedMemoryBfgs(double tolerance, int maxIterations)
{
    private const int Memory = 10;
    private const double SufficientDecrease = 1e-4;
    private const int MaxHalvings = 40;

    /// <summary>Minimises a function.</summary>
    /// <param name="objective">The function.</param>
    /// <param name="start">The starting point; it is not changed.</param>
    /// <param name="cancellation">Cancels the minimisation between two iterations.</param>
    /// <returns>The minimum. It has not converged if the iterations are exhausted or if rounding prevents any further decrease.</returns>
    public Minimum Run(Objective objective, double[] start, CancellationToken cancellation)
    {
        var point = (double[])start.Clone();
        var gradient = new double[point.Length];
        var value = objective(point, gradient);
        var pairs = new List<(double[] Step, double[] Change, double Curvature)>();
        for (var iteration = 0; ; iteration++)
        {
            cancellation.ThrowIfCancellationRequested();
            var converged = gradient.All(component => Math.Abs(component) <= tolerance);
            if (converged || iteration == maxIterations)
            {
                return new Minimum(point, value, iteration, converged);
            }

            var direction = Direction(gradient, pairs);
            var slope = Dot(gradient, direction);
            var next = new double[point.Length];
            var nextGradient = new double[point.Length];
            var nextValue = double.PositiveInfinity;

            // The first direction is the negative gradient, whose length does not indicate a step size.
            var length = pairs.Count > 0 ? 1 : Math.Min(1, 1 / Math.Sqrt(-slope));
            for (var halving = 0; ; halving++, length /= 2)
            {
                if (halving == MaxHalvings)
                {
                    // Rounding prevents any further decrease.
                    return new Minimum(point, value, iteration, Converged: false);
                }

                for (var i = 0; i < next.Length; i++)
                {
                    next[i] = point[i] + (length * direction[i]);
                }

                nextValue = objective(next, nextGradient);
                if (nextValue <= value + (SufficientDecrease * length * slope))
                {
                    break;
                }
            }

            Remember(pairs, [.. next.Zip(point, (a, b) => a - b)], [.. nextGradient.Zip(gradient, (a, b) => a - b)]);
            (point, value, gradient) = (next, nextValue, nextGradient);
        }
    }

    private static void Remember(List<(double[] Step, double[] Change, double Curvature)> pairs, double[] step, double[] change)
    {
        var curvature = Dot(step, change);
        if (curvature <= 1e-14 * Dot(change, change))
        {
            return;
        }

        pairs.Add((step, change, curvature));
        if (pairs.Count > Memory)
        {
            pairs.RemoveAt(0);
        }
    }

    // The two-loop recursion: minus the gradient multiplied by the inverse Hessian as estimated from the last steps.
    private static double[] Direction(double[] gradient, List<(double[] Step, double[] Change, double Curvature)> pairs)
    {
        double[] direction = [.. gradient.Select(component => -component)];
        var shares = new double[pairs.Count];
        for (var i = pairs.Count - 1; i >= 0; i--)
        {
            shares[i] = Dot(pairs[i].Step, direction) / pairs[i].Curvature;
            Add(direction, -shares[i], pairs[i].Change);
        }

        if (pairs is [.., var last])
        {
            var scale = last.Curvature / Dot(last.Change, last.Change);
            for (var i = 0; i < direction.Length; i++)
            {
                direction[i] *= scale;
            }
        }

        for (var i = 0; i < pairs.Count; i++)
        {
            Add(direction, shares[i] - (Dot(pairs[i].Change, direction) / pairs[i].Curvature), pairs[i].Step);
        }

        return direction;
    }

    private static void Add(double[] to, double factor, double[] values) => VectorMath.Add(to, factor, values);

    private static double Dot(double[] first, double[] second) => VectorMath.Dot(first, second);
}
