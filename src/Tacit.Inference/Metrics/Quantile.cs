namespace Tacit.Inference.Metrics;

/// <summary>Quantiles of observed values.</summary>
public static class Quantile
{
    /// <summary>A quantile, linear between the two nearest values, as NumPy's default is.</summary>
    /// <param name="values">The values in any order.</param>
    /// <param name="share">From 0, the least value, to 1, the greatest; 0.5 is the median.</param>
    /// <returns>Of 1, 2, 3, 4 at 0.5: 2.5.</returns>
    /// <exception cref="ArgumentException">There are no values, or the share is out of range.</exception>
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
