using CsCheck;
using Tacit.Learning.Evaluation;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Tests.Evaluation;

public sealed class StratifiedGroupKFoldTests
{
    private static readonly Gen<(int[] Labels, int[] Groups, int Folds)> Sets =
        from count in Gen.Int[12, 80]
        from folds in Gen.Int[2, 5]
        from labels in Gen.Int[0, 3].Array[count]
        from groups in Gen.Int[0, 30].Array[count]
        where groups.Distinct().Count() >= folds
        select (labels, groups, folds);

    [Fact]
    public void No_group_is_in_two_folds_and_none_is_empty() =>
        Gen.Select(Sets, Gen.ULong, Gen.Int[0, 9])
            .Sample(
                (set, seed, repeat) =>
                {
                    var folds = StratifiedGroupKFold.Of(set.Labels, set.Groups, set.Folds, seed, repeat);

                    Assert.All(
                        set.Groups.Zip(folds).GroupBy(pair => pair.First),
                        group => Assert.Single(group.Select(pair => pair.Second).Distinct())
                    );
                    Assert.Equal(Enumerable.Range(0, set.Folds), folds.Distinct().Order());
                }
            );

    [Fact]
    public void Are_a_function_of_seed_and_repeat() =>
        Gen.Select(Sets, Gen.ULong)
            .Sample(
                (set, seed) =>
                    StratifiedGroupKFold
                        .Of(set.Labels, set.Groups, set.Folds, seed, 3)
                        .SequenceEqual(StratifiedGroupKFold.Of(set.Labels, set.Groups, set.Folds, seed, 3)),
                iter: 20
            );

    [Fact]
    public void Groups_of_one_give_every_fold_the_same_share_of_each_class() =>
        Gen.Select(Sets, Gen.ULong)
            .Sample(
                (set, seed) =>
                {
                    int[] own = [.. Enumerable.Range(0, set.Labels.Length)];

                    var folds = StratifiedGroupKFold.Of(set.Labels, own, set.Folds, seed);

                    foreach (var label in set.Labels.Distinct())
                    {
                        int[] counts =
                        [
                            .. Enumerable
                                .Range(0, set.Folds)
                                .Select(fold => own.Count(item => set.Labels[item] == label && folds[item] == fold)),
                        ];
                        Assert.InRange(counts.Max() - counts.Min(), 0, 1);
                    }
                }
            );

    [Fact]
    public void Repeats_differ()
    {
        int[] labels = [.. Enumerable.Range(0, 60).Select(i => i % 2)],
            groups = [.. Enumerable.Range(0, 60).Select(i => i / 3)];

        var divisions = Enumerable
            .Range(0, 10)
            .Select(repeat => string.Join(' ', StratifiedGroupKFold.Of(labels, groups, 5, 0, repeat)))
            .Distinct();

        Assert.Equal(10, divisions.Count());
    }

    // With a fixed order of groups, the same pairs of items would always share a fold.
    [Fact]
    public void Any_two_groups_are_at_times_in_one_fold()
    {
        int[] labels = [.. Enumerable.Range(0, 60).Select(i => i % 2)],
            groups = [.. Enumerable.Range(0, 60).Select(i => i / 3)];
        var together = new int[20, 20];
        for (var repeat = 0; repeat < 200; repeat++)
        {
            var folds = StratifiedGroupKFold.Of(labels, groups, 5, 0, repeat);
            for (var a = 0; a < 20; a++)
            {
                for (var b = 0; b < a; b++)
                {
                    together[a, b] += folds[3 * a] == folds[3 * b] ? 1 : 0;
                }
            }
        }

        for (var a = 0; a < 20; a++)
        {
            for (var b = 0; b < a; b++)
            {
                Assert.InRange(together[a, b], 5, 100);
            }
        }
    }

    [Fact]
    public void Classes_are_more_alike_than_in_random_folds()
    {
        double own = 0,
            random = 0;
        for (var seed = 0UL; seed < 20; seed++)
        {
            var stream = new RandomStream(seed, "test");
            int[] groups = [.. Enumerable.Range(0, 200).Select(_ => stream.NextInt32(40))];
            int[] labels = [.. groups.Select(group => stream.NextDouble() < (group % 2 == 0 ? 0.8 : 0.3) ? 1 : 0)];
            int[] places = [.. Enumerable.Range(0, 40).Select(_ => stream.NextInt32(5))];
            own += Unevenness(labels, [.. StratifiedGroupKFold.Of(labels, groups, 5, seed)]);
            random += Unevenness(labels, [.. groups.Select(group => places[group])]);
        }

        Assert.InRange(own, 0, random / 20);
    }

    [Fact]
    public void Too_few_groups_are_refused() =>
        Assert.StartsWith(
            "3 folds need as many groups, there are 2",
            Assert.Throws<ArgumentException>(() => StratifiedGroupKFold.Of([0, 1, 0], [5, 5, 6], 3, 0)).Message,
            StringComparison.Ordinal
        );

    // For each class, the variance over folds of the share of its items in the fold.
    private static double Unevenness(int[] labels, int[] folds) =>
        labels
            .Distinct()
            .Sum(label =>
                Enumerable
                    .Range(0, 5)
                    .Sum(fold =>
                        Math.Pow(
                            (double)labels.Zip(folds).Count(pair => pair == (label, fold)) / labels.Count(other => other == label) - 0.2,
                            2
                        )
                    )
            );
}
