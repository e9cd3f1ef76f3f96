using System.Diagnostics;

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

    /// <summary>Times something, after a tenth as many runs that are not timed.</summary>
    /// <param name="run">What is timed.</param>
    /// <param name="runs">How often at most, at least 1.</param>
    /// <param name="limit">When to stop even if runs are left.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no runs.</exception>
    public static Latency Measure(Action run, int runs, TimeSpan limit, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(runs);
        var times = new List<double>();
        var begin = Stopwatch.GetTimestamp();
        for (var i = -(runs + 9) / 10; i < runs && (times.Count == 0 || Stopwatch.GetElapsedTime(begin) <= limit); i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var start = Stopwatch.GetTimestamp();
            run();
            if (i >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        return Of([.. times]);
    }
}
