using CsCheck;
using Tacit.Inference.Metrics;

namespace Tacit.Inference.Tests.Metrics;

public sealed class IntervalTests
{
    // The numbers come from bisecting the equation that the next test states, not from the closed form.
    [Theory]
    [InlineData(4416, 5000, 0.874002, 0.891810)]
    [InlineData(0, 10, 0, 0.277533)]
    [InlineData(10, 10, 0.722467, 1)]
    [InlineData(1, 2, 0.094531, 0.905469)]
    public void Wilson_agrees_with_the_closed_form(long successes, long trials, double low, double high)
    {
        var interval = Interval.Wilson(successes, trials);

        Assert.Equal(low, interval.Low, 1e-6);
        Assert.Equal(high, interval.High, 1e-6);
    }

    // Wilson's interval consists of the shares that are within 1.96 standard errors of the observed share.
    [Fact]
    public void Wilson_solves_the_score_equation() =>
        Gen.Int[2, 5000]
            .SelectMany(trials => Gen.Int[1, trials - 1].Select(successes => (successes, trials)))
            .Sample(
                (successes, trials) =>
                {
                    var interval = Interval.Wilson(successes, trials);
                    foreach (var share in new[] { interval.Low, interval.High })
                    {
                        Assert.Equal(
                            1.959964 * Math.Sqrt(share * (1 - share) / trials),
                            Math.Abs((double)successes / trials - share),
                            1e-6
                        );
                    }
                },
                iter: 200
            );

    [Fact]
    public void Wilson_refuses_impossible_counts()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Interval.Wilson(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Interval.Wilson(3, 2));
    }

    [Fact]
    public void Bootstrap_comes_near_the_normal_interval_of_a_mean()
    {
        var samples = Enumerable.Range(0, 400).Select(i => i % 4 == 0 ? 1.0 : 0).ToArray();
        var half = 1.96 * Math.Sqrt(0.25 * 0.75 / 400);

        var interval = Interval.Bootstrap(samples, seed: 1);

        Assert.Equal(0.25 - half, interval.Low, 0.006);
        Assert.Equal(0.25 + half, interval.High, 0.006);
    }

    [Fact]
    public void Bootstrap_is_a_function_of_its_seed() =>
        Assert.Equal(Interval.Bootstrap([1, 2, 5], 7, 100), Interval.Bootstrap([1, 2, 5], 7, 100));

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 2.5)]
    [InlineData(0.9, 3.7)]
    [InlineData(1, 4)]
    public void Quantile_is_linear_between_values(double share, double expected) =>
        Assert.Equal(expected, Quantile.Of([4, 1, 3, 2], share), 1e-12);

    [Fact]
    public void Latency_gives_the_documented_figures()
    {
        var latency = Latency.Of([3, 1, 2, 4, 5]);

        Assert.Equal((5, 3, 1), (latency.Runs, latency.Median, latency.Min));
        Assert.Equal(4.6, latency.P90, 1e-12);
    }
}
