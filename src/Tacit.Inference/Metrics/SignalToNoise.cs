namespace Tacit.Inference.Metrics;

/// <summary>How far a tensor is from what it should be, in relation to its size.</summary>
public static class SignalToNoise
{
    /// <summary>The signal-to-noise ratio in decibels: 10 · log10(Σ reference² / Σ (actual - reference)²).</summary>
    /// <remarks>Each 6 dB is a bit: 40 dB is a deviation of 1 %. Sums are in double precision.</remarks>
    /// <returns>
    /// Positive infinity where the two are equal, negative infinity where only the reference is zero, and not a number where a
    /// value is not. Reference 3, 4 and actual 3, 4.5: 10 · log10(25 / 0.25) = 20 dB.
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

    /// <summary>The ratio of two sums, Σ reference² and Σ (actual - reference)², in decibels.</summary>
    public static double Decibels(double signal, double noise) => noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(signal / noise);
}
