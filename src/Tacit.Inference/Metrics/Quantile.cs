namespace Tacit.Inference.Metrics;

/// <summary>Computes quantiles of observed values.</summary>
public static class Quantile
{
    /// <summary>
    /// Computes a quantile with linear interpolation between the two nearest values, like the default of NumPy's quantile.
    /// </summary>
    /// <param name="values">The values in any order. They are copied and sorted.</param>
    /// <param name="share">The position, from 0 for the minimum to 1 for the maximum; 0.5 is the median.</param>
    /// <returns>The quantile. For the values 1, 2, 3, 4 and the share 0.5: 2.5.</returns>
    /// <exception cref="ArgumentException">There are no values, or <paramref name="share"/> is not in 0 … 1.</exception>
    public static double Of(ReadOnlySpan<double> values, double share)
    {
        if (values.IsEmpty)
        {
            throw new ArgumentException("there are no values", nameof(values));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(share);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(share, 1);
        var sorted = values.ToArray();
        Array.Sort(sorted);
        var position = share * (sorted.Length - 1);
        var below = (int)position;
        return sorted[below] + ((position - below) * (sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]));
    }
}
