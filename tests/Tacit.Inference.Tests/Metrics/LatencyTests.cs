using Tacit.Inference.Metrics;

namespace Tacit.Inference.Tests.Metrics;

public sealed class LatencyTests
{
    [Fact]
    public void A_tenth_as_many_runs_come_before_those_that_are_timed()
    {
        var calls = 0;

        var latency = Latency.Measure(() => calls++, 20, TimeSpan.FromMinutes(1));

        Assert.Equal((22, 20), (calls, latency.Runs));
        Assert.True(latency.Min >= 0 && latency.Min <= latency.Median && latency.Median <= latency.P90);
    }

    [Fact]
    public void One_run_is_timed_however_short_the_time() => Assert.Equal(1, Latency.Measure(() => { }, 20, TimeSpan.Zero).Runs);

    [Fact]
    public void It_can_be_stopped()
    {
        using var stop = new CancellationTokenSource();

        Assert.Throws<OperationCanceledException>(() => Latency.Measure(stop.Cancel, 20, TimeSpan.FromMinutes(1), stop.Token));
    }
}
