namespace Tacit.Inference.Metrics;

/// <summary>The largest difference between two tensors, as a share of the largest number of the one that counts as right.</summary>
public static class RelativeDifference
{
    /// <summary>max |actual - reference| / max |reference|.</summary>
    /// <returns>
    /// 0 where nothing differs, and infinity where a number is not finite or only the reference is zero.
    /// Reference 1, -4 and actual 1.5, -4: 0.5 / 4 = 0.125.
    /// </returns>
    /// <exception cref="ArgumentException">The numbers of elements differ.</exception>
    public static double Of(ReadOnlySpan<float> reference, ReadOnlySpan<float> actual)
    {
        if (reference.Length != actual.Length)
        {
            throw new ArgumentException($"{actual.Length} elements cannot be compared with {reference.Length}", nameof(actual));
        }

        double scale = 0,
            largest = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            var difference = Math.Abs((double)actual[i] - reference[i]);
            if (!double.IsFinite(difference))
            {
                return double.PositiveInfinity;
            }

            (scale, largest) = (Math.Max(scale, Math.Abs(reference[i])), Math.Max(largest, difference));
        }

        return largest == 0 ? 0 : largest / scale;
    }
}
