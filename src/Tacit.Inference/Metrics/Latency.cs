using System.Diagnostics;

namespace Tacit.Inference.Metrics;

/// <summary>Statistics of the duration of repeated runs, in milliseconds.</summary>
/// <param name="Runs">The number of runs.</param>
/// <param name="Median">The median.</param>
/// <param name="P90">The 90th percentile.</param>
/// <param name="Min">The minimum.</param>
public sealed record Latency(int Runs, double Median, double P90, double Min)
{
    /// <summary>Computes the statistics of given durations.</summary>
    /// <param name="milliseconds">The duration of each run in milliseconds.</param>
    /// <exception cref="ArgumentException">There are no durations.</exception>
    public static Latency Of(ReadOnlySpan<double> milliseconds) =>
        new(milliseconds.Length, Quantile.Of(milliseconds, 0.5), Quantile.Of(milliseconds, 0.9), Quantile.Of(milliseconds, 0));

    /// <summary>
    /// Measures the duration of an action. Before the first measured run, the action is run a tenth as often for warm-up.
    /// </summary>
    /// <param name="run">The action.</param>
    /// <param name="runs">The maximum number of measured runs, at least 1.</param>
    /// <param name="limit">The time after which no further run is started. At least one run is always measured.</param>
    /// <param name="cancellation">Cancels the measurement between two runs.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="runs"/> is not positive.</exception>
    /// <example><code>
    /// var latency = Latency.Measure(() => session.Run(input), runs: 100, TimeSpan.FromSeconds(10));
    /// </code></example>
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
