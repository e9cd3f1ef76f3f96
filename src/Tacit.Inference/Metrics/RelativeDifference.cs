namespace Tacit.Inference.Metrics;

/// <summary>Computes the largest difference between two tensors relative to the largest magnitude of the reference.</summary>
public static class RelativeDifference
{
    /// <summary>Computes max |actual - reference| / max |reference|.</summary>
    /// <param name="reference">The elements of the reference.</param>
    /// <param name="actual">The elements to compare, in the same order.</param>
    /// <returns>
    /// 0 if all elements are equal; positive infinity if a difference is not finite, or if the reference is all zero and the
    /// other is not. For the reference 1, -4 and the actual values 1.5, -4: 0.5 / 4 = 0.125.
    /// </returns>
    /// <exception cref="ArgumentException">The tensors differ in length.</exception>
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
