using CsCheck;
using Tacit.Inference.Metrics;
using Tacit.Learning.Evaluation;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Tests.Evaluation;

public sealed class ClusterBootstrapTests
{
    private static readonly double[] Values = [1, 0, 0.5, 1, 1, 0.2, 0.9, 0];
    private static readonly int[] Groups = [7, 7, 3, 3, 3, 9, 9, 4];

    // All 4^4 ways to draw four groups are equally likely.
    [Fact]
    public void A_mean_agrees_with_all_ways_to_draw()
    {
        var exact = Percentiles(AllMeans(Values, Groups));

        var interval = new ClusterBootstrap(new() { Resamples = 200_000 }).Mean(Values, Groups);

        Assert.Equal(exact.Low, interval.Low, 1e-9);
        Assert.Equal(exact.High, interval.High, 1e-9);
    }

    [Fact]
    public void A_difference_of_unrelated_means_agrees_with_all_ways_to_draw()
    {
        double[] others = [0.3, 0.8, 0, 0.1];
        int[] otherGroups = [1, 1, 2, 3];
        var exact = Percentiles([.. AllMeans(Values, Groups).SelectMany(_ => AllMeans(others, otherGroups), (a, b) => a - b)]);

        var interval = new ClusterBootstrap(new() { Resamples = 200_000 }).Unpaired(Values, Groups, others, otherGroups);

        Assert.Equal(exact.Low, interval.Low, 0.01);
        Assert.Equal(exact.High, interval.High, 0.01);
    }

    [Fact]
    public void Pairing_takes_the_difference_of_every_item()
    {
        double[] others = [0, 0, 1, 1, 0.5, 0.2, 0.1, 0.7];
        double[] differences = [.. Values.Zip(others, (a, b) => a - b)];

        var exact = Percentiles(AllMeans(differences, Groups));
        var interval = new ClusterBootstrap(new() { Resamples = 200_000 }).Paired(Values, others, Groups);

        Assert.Equal(exact.Low, interval.Low, 1e-9);
        Assert.Equal(exact.High, interval.High, 1e-9);
    }

    [Fact]
    public void What_both_arms_share_cancels_out_in_pairs()
    {
        double[] better = [.. Values.Select(value => value + 0.1)];

        var paired = new ClusterBootstrap().Paired(better, Values, Groups);
        var unpaired = new ClusterBootstrap().Unpaired(better, Groups, Values, Groups);

        Assert.Equal(0.1, paired.Low, 1e-9);
        Assert.Equal(0.1, paired.High, 1e-9);
        Assert.True(unpaired.Low < 0);
    }

    // Sources with 1 to 6 similar videos. If videos were treated as independent, far fewer intervals would contain the true value.
    [Fact]
    public void Nineteen_of_twenty_intervals_cover_the_truth()
    {
        const int trials = 400;
        var covered = 0;
        for (var trial = 0; trial < trials; trial++)
        {
            var random = new RandomStream((ulong)trial, "coverage");
            List<double> values = [];
            List<int> groups = [];
            for (var group = 0; group < 50; group++)
            {
                var ease = random.NextDouble();
                for (var left = 1 + random.NextInt32(6); left > 0; left--)
                {
                    values.Add(random.NextDouble() < ease ? 1 : 0);
                    groups.Add(group);
                }
            }

            var interval = new ClusterBootstrap(new() { Resamples = 1000, Seed = (ulong)trial }).Mean(values.ToArray(), groups.ToArray());
            covered += interval.Low <= 0.5 && 0.5 <= interval.High ? 1 : 0;
        }

        Assert.InRange((double)covered / trials, 0.91, 0.98);
    }

    [Fact]
    public void The_seed_decides()
    {
        Assert.Equal(Mean(3), Mean(3));
        Assert.NotEqual(Mean(3), Mean(4));

        static Interval Mean(ulong seed) =>
            new ClusterBootstrap(new() { Seed = seed, Resamples = 100 }).Mean(
                [.. Enumerable.Range(0, 40).Select(i => Math.Sin(i))],
                [.. Enumerable.Range(0, 40)]
            );
    }

    [Fact]
    public void The_order_of_items_within_groups_is_no_matter() =>
        Gen.Shuffle(Enumerable.Range(0, 8).ToArray())
            .Sample(
                order =>
                {
                    int[] byGroup = [.. order.OrderBy(item => Array.IndexOf(Groups, Groups[item]))];
                    var expected = new ClusterBootstrap().Mean(Values, Groups);
                    var interval = new ClusterBootstrap().Mean(
                        [.. byGroup.Select(item => Values[item])],
                        [.. byGroup.Select(item => Groups[item])]
                    );

                    Assert.Equal(expected.Low, interval.Low, 1e-12);
                },
                iter: 5
            );

    [Fact]
    public void Values_and_groups_must_match()
    {
        Assert.Throws<ArgumentException>(() => new ClusterBootstrap().Mean([], []));
        Assert.Throws<ArgumentException>(() => new ClusterBootstrap().Mean([1, 2], [1]));
        Assert.Throws<ArgumentException>(() => new ClusterBootstrap().Paired([1, 2], [1], [1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ClusterBootstrapOptions { Resamples = 99 });
    }

    private static double[] AllMeans(double[] values, int[] groups)
    {
        var sets = values.Zip(groups).GroupBy(pair => pair.Second, pair => pair.First).Select(set => set.ToArray()).ToArray();
        IEnumerable<double[]> drawn =
        [
            [],
        ];
        foreach (var _ in sets)
        {
            drawn = drawn.SelectMany(_ => sets, (before, set) => before.Concat(set).ToArray());
        }

        return [.. drawn.Select(items => items.Average())];
    }

    private static Interval Percentiles(double[] means) => new(Quantile.Of(means, 0.025), Quantile.Of(means, 0.975));
}
