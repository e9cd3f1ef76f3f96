using System.Collections.Immutable;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Evaluation;

/// <summary>Divides items into folds that share no group and whose class proportions are as similar as the groups allow.</summary>
/// <remarks>
/// <para>The algorithm is:</para>
/// <list type="number">
/// <item>Put the groups in a random order, then sort them by size in powers of two, the largest first.</item>
/// <item>Assign each group to the fold where Σ over classes of (items of the class in the fold / items of the class)² grows least.</item>
/// <item>Break ties by the smallest number of items in the fold, then at random.</item>
/// </list>
/// </remarks>
public static class StratifiedGroupKFold
{
    /// <summary>Computes the fold of each item. The result depends only on the arguments.</summary>
    /// <param name="labels">The class of each item, from 0.</param>
    /// <param name="groups">The group of each item: any numbers.</param>
    /// <param name="folds">The number of folds, at least 2. No fold is empty.</param>
    /// <param name="seed">The seed of the random order.</param>
    /// <param name="repeat">The index of the division; each index gives a different one. Default 0.</param>
    /// <returns>The fold of each item, from 0.</returns>
    /// <exception cref="ArgumentException">There are fewer groups than folds, or the lists differ in length.</exception>
    public static ImmutableArray<int> Of(ReadOnlySpan<int> labels, ReadOnlySpan<int> groups, int folds, ulong seed, int repeat = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        if (labels.Length != groups.Length)
        {
            throw new ArgumentException($"{labels.Length} labels, but {groups.Length} groups", nameof(groups));
        }

        var members = Members(groups);
        if (members.Count < folds)
        {
            throw new ArgumentException($"{folds} folds need as many groups, there are {members.Count}", nameof(folds));
        }

        var random = new RandomStream(seed, "folds", repeat);
        var totals = Counts(labels, Enumerable.Range(0, labels.Length), labels.ToArray().Max() + 1);
        var counts = Enumerable.Range(0, folds).Select(_ => new int[totals.Length]).ToArray();
        var result = new int[labels.Length];
        foreach (
            var group in random
                .Permutation(members.Count)
                .Select(i => members[i])
                .OrderByDescending(items => int.Log2(items.Count))
                .ToList()
        )
        {
            var own = Counts(labels, group, totals.Length);
            var order = random.Permutation(folds);
            var fold = order.MinBy(candidate => (Growth(counts[candidate], own, totals), counts[candidate].Sum()));
            foreach (var item in group)
            {
                result[item] = fold;
                counts[fold][labels[item]]++;
            }
        }

        return [.. result];
    }

    private static List<List<int>> Members(ReadOnlySpan<int> groups)
    {
        var members = new Dictionary<int, List<int>>();
        var order = new List<List<int>>();
        for (var i = 0; i < groups.Length; i++)
        {
            if (!members.TryGetValue(groups[i], out var items))
            {
                members[groups[i]] = items = [];
                order.Add(items);
            }

            items.Add(i);
        }

        return order;
    }

    private static int[] Counts(ReadOnlySpan<int> labels, IEnumerable<int> items, int classes)
    {
        var counts = new int[classes];
        foreach (var item in items)
        {
            counts[labels[item]]++;
        }

        return counts;
    }

    // In integer multiples of 2⁻⁴⁰, so that folds that differ only by rounding count as equal.
    private static long Growth(int[] fold, int[] group, int[] totals)
    {
        var growth = 0.0;
        for (var label = 0; label < totals.Length; label++)
        {
            if (group[label] > 0)
            {
                growth += ((2.0 * fold[label] + group[label]) * group[label]) / ((double)totals[label] * totals[label]);
            }
        }

        return (long)Math.Round(growth * (1L << 40));
    }
}
