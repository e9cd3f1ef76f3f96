using System.Collections.Immutable;
using Tacit.Inference.Metrics;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Evaluation;

/// <summary>Specifies a <see cref="ClusterBootstrap"/>.</summary>
public sealed record ClusterBootstrapOptions
{
    /// <summary>The number of resamples, at least 100. Default 10,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 100.</exception>
    public int Resamples
    {
        get;
        init => field = Require.AtLeast(100, value);
    } = 10_000;

    /// <summary>The seed of the resampling. The same seed produces the same interval. Default 0.</summary>
    public ulong Seed { get; init; }
}

/// <summary>
/// Computes 95 % confidence intervals of means by the percentile bootstrap over groups, for values that are not independent
/// because they share a source.
/// </summary>
/// <remarks>
/// <para>
/// Each resample draws as many groups as there are, with replacement, and takes the mean over all values of the drawn groups.
/// The interval extends from the 2.5th to the 97.5th percentile of these means. It describes how the mean would vary with other
/// sources.
/// </para>
/// <para>With fewer than about twenty groups the interval is too narrow; with a single group its width is zero.</para>
/// </remarks>
/// <example><code>
/// // The difference mean(A) - mean(B). If the interval lies above 0, A is better.
/// Interval gain = new ClusterBootstrap().Paired(correctOfA, correctOfB, sources);
/// </code></example>
public sealed class ClusterBootstrap
{
    private readonly ClusterBootstrapOptions _options;

    /// <summary>Creates a bootstrap.</summary>
    /// <param name="options">The number of resamples and the seed; null for the defaults.</param>
    public ClusterBootstrap(ClusterBootstrapOptions? options = null) => _options = options ?? new ClusterBootstrapOptions();

    /// <summary>Computes the interval of a mean.</summary>
    /// <param name="values">
    /// The values, for example whether each video was classified correctly: 0 or 1, or the mean over repeats.
    /// </param>
    /// <param name="groups">The group of each value: any numbers.</param>
    /// <exception cref="ArgumentException">There are no values, or the two lists differ in length.</exception>
    public Interval Mean(ReadOnlySpan<double> values, ReadOnlySpan<int> groups) => Percentiles(Means(values, groups, "bootstrap"));

    /// <summary>
    /// Computes the interval of the difference of two means over the same items. Both are resampled together, so that the
    /// difficulty of the items cancels out.
    /// </summary>
    /// <param name="first">The values of the first method.</param>
    /// <param name="second">The values of the second method for the same items.</param>
    /// <param name="groups">The group of each item: any numbers.</param>
    /// <exception cref="ArgumentException">There are no values, or the lists differ in length.</exception>
    public Interval Paired(ReadOnlySpan<double> first, ReadOnlySpan<double> second, ReadOnlySpan<int> groups)
    {
        if (first.Length != second.Length)
        {
            throw new ArgumentException($"{first.Length} values cannot be paired with {second.Length}", nameof(second));
        }

        var differences = new double[first.Length];
        for (var i = 0; i < differences.Length; i++)
        {
            differences[i] = first[i] - second[i];
        }

        return Mean(differences, groups);
    }

    /// <summary>
    /// Computes the interval of the difference of two means over independent sets of items. Each set is resampled separately.
    /// </summary>
    /// <param name="first">The values of the first set.</param>
    /// <param name="firstGroups">The group of each value of the first set.</param>
    /// <param name="second">The values of the second set.</param>
    /// <param name="secondGroups">The group of each value of the second set.</param>
    /// <exception cref="ArgumentException">A set has no values, or its lists differ in length.</exception>
    public Interval Unpaired(
        ReadOnlySpan<double> first,
        ReadOnlySpan<int> firstGroups,
        ReadOnlySpan<double> second,
        ReadOnlySpan<int> secondGroups
    )
    {
        var means = Means(first, firstGroups, "bootstrap");
        var others = Means(second, secondGroups, "bootstrap of the second");
        for (var i = 0; i < means.Length; i++)
        {
            means[i] -= others[i];
        }

        return Percentiles(means);
    }

    /// <summary>Computes the interval of a mean of shares, in percent; null if there is only one group.</summary>
    /// <param name="shares">The values, 0 to 1 (or -1 to 1 for differences).</param>
    /// <param name="groups">The group of each value.</param>
    internal Interval? Percent(ImmutableArray<double> shares, ImmutableArray<int> groups) =>
        groups.Distinct().Count() < 2 ? null : Mean(shares.AsSpan(), groups.AsSpan()).Times(100);

    private static Interval Percentiles(double[] means) => new(Quantile.Of(means, 0.025), Quantile.Of(means, 0.975));

    private double[] Means(ReadOnlySpan<double> values, ReadOnlySpan<int> groups, string stream)
    {
        var (sums, counts) = Sums(values, groups);
        var random = new RandomStream(_options.Seed, stream);
        var means = new double[_options.Resamples];
        for (var i = 0; i < means.Length; i++)
        {
            var (sum, count) = (0.0, 0);
            for (var draw = 0; draw < sums.Count; draw++)
            {
                var group = random.NextInt32(sums.Count);
                sum += sums[group];
                count += counts[group];
            }

            means[i] = sum / count;
        }

        return means;
    }

    private static (List<double> Sums, List<int> Counts) Sums(ReadOnlySpan<double> values, ReadOnlySpan<int> groups)
    {
        if (values.IsEmpty || values.Length != groups.Length)
        {
            throw new ArgumentException(
                $"{values.Length} values, but {groups.Length} groups; there must be as many, and at least one",
                nameof(values)
            );
        }

        var places = new Dictionary<int, int>();
        List<double> sums = [];
        List<int> counts = [];
        for (var i = 0; i < values.Length; i++)
        {
            if (places.TryAdd(groups[i], sums.Count))
            {
                sums.Add(0);
                counts.Add(0);
            }

            sums[places[groups[i]]] += values[i];
            counts[places[groups[i]]]++;
        }

        return (sums, counts);
    }
}
