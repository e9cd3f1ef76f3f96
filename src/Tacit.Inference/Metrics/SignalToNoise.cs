namespace Tacit.Inference.Metrics;

/// <summary>Computes the deviation of a tensor from a reference, relative to the size of the reference.</summary>
public static class SignalToNoise
{
    /// <summary>Returns the signal-to-noise ratio in decibels: 10 · log10(Σ reference² / Σ (actual - reference)²).</summary>
    /// <remarks>6 dB correspond to one bit; 40 dB are a deviation of 1 %. Sums are computed in double precision.</remarks>
    /// <param name="reference">The expected elements.</param>
    /// <param name="actual">The actual elements.</param>
    /// <returns>
    /// Positive infinity if both are equal, negative infinity if only the reference is zero, and NaN if an element is NaN. Example: the
    /// reference 3, 4 and the actual elements 3, 4.5 give 10 · log10(25 / 0.25) = 20 dB.
    /// </returns>
    /// <exception cref="ArgumentException">The numbers of elements differ.</exception>
    public static double Decibels(ReadOnlySpan<float> reference, ReadOnlySpan<float> actual)
    {
        if (reference.Length != actual.Length)
        {
            throw new ArgumentException($"{actual.Length} elements cannot be compared with {reference.Length}", nameof(actual));
        }

        double signal = 0,
            noise = 0;
        for (var i = 0; i < reference.Length; i++)
        {
            var difference = (double)actual[i] - reference[i];
            signal += (double)reference[i] * reference[i];
            noise += difference * difference;
        }

        return Decibels(signal, noise);
    }

    /// <summary>Returns the ratio of two sums in decibels.</summary>
    /// <param name="signal">Σ reference².</param>
    /// <param name="noise">Σ (actual - reference)².</param>
    public static double Decibels(double signal, double noise) => noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(signal / noise);
}
