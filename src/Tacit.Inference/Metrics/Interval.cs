using System.Runtime.InteropServices;

namespace Tacit.Inference.Metrics;

/// <summary>A confidence interval of a figure, in the unit of the figure.</summary>
/// <param name="Low">The lower bound.</param>
/// <param name="High">The upper bound.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Interval(double Low, double High)
{
    /// <summary>The quantile of the normal distribution for 95 % confidence.</summary>
    private const double Normal95 = 1.959963984540054;

    /// <summary>Computes the 95 % Wilson score interval of a proportion (Wilson, 1927).</summary>
    /// <remarks>
    /// With the proportion p, n trials and z = 1.96, the bounds are (p + z²/2n ± z·√(p(1 - p)/n + z²/4n²)) / (1 + z²/n).
    /// </remarks>
    /// <param name="successes">The number of successes, such as correct predictions.</param>
    /// <param name="trials">The number of trials, at least 1.</param>
    /// <returns>The bounds, from 0 to 1. For 8,832 successes in 10,000 trials: 0.8768 to 0.8893.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are no trials, or more successes than trials.</exception>
    public static Interval Wilson(long successes, long trials)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(trials);
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, trials);
        var share = (double)successes / trials;
        var z2 = Normal95 * Normal95 / trials;
        var centre = (share + z2 / 2) / (1 + z2);
        var half = Math.Sqrt(z2 * (share * (1 - share) + z2 / 4)) / (1 + z2);

        // The bounds 0 and 1 are set exactly, without rounding errors.
        return new Interval(successes == 0 ? 0 : centre - half, successes == trials ? 1 : centre + half);
    }

    /// <summary>
    /// Computes the 95 % percentile bootstrap interval of a mean: the quantiles 0.025 and 0.975 of the means of the resamples.
    /// </summary>
    /// <param name="samples">The observed values, for example the differences between two networks for each image.</param>
    /// <param name="seed">The seed of the resampling. The same seed produces the same interval.</param>
    /// <param name="resamples">The number of resamples, each as large as <paramref name="samples"/>. Default 2,000.</param>
    /// <exception cref="ArgumentException">There are no samples or no resamples.</exception>
    public static Interval Bootstrap(ReadOnlySpan<double> samples, int seed, int resamples = 2000)
    {
        if (samples.IsEmpty)
        {
            throw new ArgumentException("there are no samples", nameof(samples));
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(resamples);
        var random = new Random(seed);
        var means = new double[resamples];
        for (var i = 0; i < means.Length; i++)
        {
            var sum = 0.0;
            for (var j = 0; j < samples.Length; j++)
            {
                sum += samples[random.Next(samples.Length)];
            }

            means[i] = sum / samples.Length;
        }

        return new Interval(Quantile.Of(means, 0.025), Quantile.Of(means, 0.975));
    }

    /// <summary>Scales both bounds, for example by 100 to convert a share to percent.</summary>
    /// <param name="factor">The factor, not negative.</param>
    public Interval Times(double factor) => new(Low * factor, High * factor);
}
