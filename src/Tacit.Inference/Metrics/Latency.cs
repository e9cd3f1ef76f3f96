namespace Tacit.Inference.Metrics;

/// <summary>How long runs took, in milliseconds.</summary>
/// <param name="Runs">The number of runs.</param>
/// <param name="Median">The median.</param>
/// <param name="P90">What nine of ten runs stay below.</param>
/// <param name="Min">The shortest.</param>
public sealed record Latency(int Runs, double Median, double P90, double Min)
{
    /// <summary>The figures of some runs.</summary>
    /// <param name="milliseconds">The time of each run.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static Latency Of(ReadOnlySpan<double> milliseconds) =>
        new(milliseconds.Length, Quantile.Of(milliseconds, 0.5), Quantile.Of(milliseconds, 0.9), Quantile.Of(milliseconds, 0));
}
