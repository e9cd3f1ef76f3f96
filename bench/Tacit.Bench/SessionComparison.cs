using System.Diagnostics;
using Tacit.Inference.Metrics;
using Tacit.Inference.Sessions;

namespace Tacit.Bench;

/// <summary>Two networks timed against each other at one number of threads and one batch size.</summary>
/// <param name="Threads">Threads within an operator.</param>
/// <param name="Batch">Items in a run.</param>
/// <param name="First">The time of the first network in milliseconds per run.</param>
/// <param name="Second">The time of the second network in milliseconds per run.</param>
/// <param name="Ratio">The speed of the second network relative to the first: the median over rounds of first time / second time.</param>
/// <param name="RatioLow">The ratio that nine of ten rounds exceed.</param>
/// <param name="RatioHigh">The ratio that one of ten rounds exceeds.</param>
internal sealed record Comparison(int Threads, int Batch, Latency First, Latency Second, double Ratio, double RatioLow, double RatioHigh);

/// <summary>Times two networks in one process in turns, so that other load of the machine affects both.</summary>
internal sealed class SessionComparison(string first, string second, int rounds)
{
    // A turn has enough runs to take about this long, so that the resolution of the clock and switching between networks are negligible.
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(20);

    public Comparison Run(int threads, int batch, CancellationToken cancellationToken)
    {
        // Threads that spin while waiting for the next run of one network would slow down the other.
        var options = new OnnxSessionOptions { Threads = threads, SleepBetweenRuns = true };
        using var one = OnnxSession.Open(first, options);
        using var two = OnnxSession.Open(second, options);
        var input = Input(one, batch);
        if (!one.Inputs[0].Type.Shape.Skip(1).SequenceEqual(two.Inputs[0].Type.Shape.Skip(1)))
        {
            throw new ArgumentException($"{first} takes {one.Inputs[0].Type.Shape}, {second} takes {two.Inputs[0].Type.Shape}");
        }

        int runsOne = RunsInTurn(one, input),
            runsTwo = RunsInTurn(two, input);
        double[] timesOne = new double[rounds],
            timesTwo = new double[rounds],
            ratios = new double[rounds];
        for (var round = 0; round < rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            timesOne[round] = Time(one, input, runsOne);
            timesTwo[round] = Time(two, input, runsTwo);
            ratios[round] = timesOne[round] / timesTwo[round];
        }

        return new Comparison(
            threads,
            batch,
            Latency.Of(timesOne),
            Latency.Of(timesTwo),
            Quantile.Of(ratios, 0.5),
            Quantile.Of(ratios, 0.1),
            Quantile.Of(ratios, 0.9)
        );
    }

    // Warms up for a few turns, and counts how many runs fit into one.
    private static int RunsInTurn(OnnxSession session, float[] input)
    {
        Time(session, input, 1);
        var runs = 0;
        for (var begin = Stopwatch.GetTimestamp(); runs < 5 || Stopwatch.GetElapsedTime(begin) < 5 * Turn; runs++)
        {
            session.Run(input);
        }

        return Math.Max(1, runs / 5);
    }

    private static double Time(OnnxSession session, float[] input, int runs)
    {
        var start = Stopwatch.GetTimestamp();
        for (var run = 0; run < runs; run++)
        {
            session.Run(input);
        }

        return Stopwatch.GetElapsedTime(start).TotalMilliseconds / runs;
    }

    // Normal random numbers with a fixed seed, similar to normalised images. The time does not depend on them.
    private static float[] Input(OnnxSession session, int batch)
    {
        if (session.Contract.Batch is { } size && size != batch)
        {
            throw new ArgumentException($"{session.Name} is fixed to batches of {size}, not {batch}");
        }

        if (session.Inputs.Length != 1 || session.Inputs[0].Type.Shape.Skip(1).Any(dimension => !dimension.IsKnown))
        {
            throw new ArgumentException($"{session.Name} must have one input of known sizes besides the batch");
        }

        var item = session.Inputs[0].Type.Shape.Skip(1).Aggregate(1L, (product, dimension) => product * dimension.Size);
        var random = new Random(1);
        return
        [
            .. Enumerable
                .Range(0, checked((int)(batch * item)))
                .Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))),
        ];
    }
}
