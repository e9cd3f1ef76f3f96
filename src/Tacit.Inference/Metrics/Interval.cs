using System.Runtime.InteropServices;

namespace Tacit.Inference.Metrics;

/// <summary>A range in which a figure lies with some confidence, in the figure's unit.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Interval(double Low, double High)
{
    /// <summary>The quantile of the normal distribution for 95 % confidence.</summary>
    private const double Normal95 = 1.959963984540054;

    /// <summary>Wilson's score interval, 95 %, of a share that was counted.</summary>
    /// <param name="successes">How often it happened, such as correct answers.</param>
    /// <param name="trials">How often it might have.</param>
    /// <returns>Shares from 0 to 1. 8,832 of 10,000 gives 0.8768 to 0.8893.</returns>
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

        // Exact at the ends, where rounding would leave a trace.
        return new Interval(successes == 0 ? 0 : centre - half, successes == trials ? 1 : centre + half);
    }

    /// <summary>The percentile bootstrap's interval, 95 %, of a mean.</summary>
    /// <param name="samples">The observed values, such as differences between two networks per image.</param>
    /// <param name="seed">The seed of the resampling; the same seed gives the same interval.</param>
    /// <param name="resamples">How often to resample. Default 2,000.</param>
    /// <exception cref="ArgumentException">There are no samples or resamples.</exception>
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

    /// <summary>The interval in another unit, such as in percent by a factor of 100.</summary>
    public Interval Times(double factor) => new(Low * factor, High * factor);
}
