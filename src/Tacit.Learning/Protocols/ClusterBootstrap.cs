using System.Collections.Immutable;
using Tacit.Inference.Metrics;
using Tacit.Learning.Training;

namespace Tacit.Learning.Protocols;

/// <summary>The options of <see cref="ClusterBootstrap"/>.</summary>
public sealed record ClusterBootstrapOptions
{
    /// <summary>How often to resample, at least 100. Default 10,000.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Resamples
    {
        get;
        init => field = Require.AtLeast(100, value);
    } = 10_000;

    /// <summary>The seed of the resampling; the same seed gives the same interval. Default 0.</summary>
    public ulong Seed { get; init; }
}

/// <summary>95 % intervals of means by the percentile bootstrap, where values that have a source in common are not independent.</summary>
/// <remarks>
/// Whole groups (the videos of a source) are drawn with replacement, as many as there are, and the mean over all their values is
/// taken; the interval runs from the 2.5th to the 97.5th percentile of such means. It says how the mean would vary with other
/// sources. With fewer than about twenty groups it is too narrow, and with a single one it has no width.
/// </remarks>
/// <example><code>
/// Interval gain = new ClusterBootstrap().Paired(correctOfA, correctOfB, sources);   // of mean A - mean B; above 0: A is better
/// </code></example>
public sealed class ClusterBootstrap
{
    private readonly ClusterBootstrapOptions _options;

    /// <summary>A bootstrap with the given options.</summary>
    public ClusterBootstrap(ClusterBootstrapOptions? options = null) => _options = options ?? new ClusterBootstrapOptions();

    /// <summary>The interval of a mean.</summary>
    /// <param name="values">The values, such as whether each video was classified rightly: 1 or 0, or the share of repeats.</param>
    /// <param name="groups">The group of each value: any number.</param>
    /// <exception cref="ArgumentException">There are no values, or another number of groups.</exception>
    public Interval Mean(ReadOnlySpan<double> values, ReadOnlySpan<int> groups) => Percentiles(Means(values, groups, "bootstrap"));

    /// <summary>The interval of the difference of two means over the same items: both are resampled together, so that what is hard for both cancels out.</summary>
    /// <param name="first">The values of one arm.</param>
    /// <param name="second">Those of the other for the same items.</param>
    /// <param name="groups">The group of each item.</param>
    /// <exception cref="ArgumentException">There are no values, or not as many of each kind.</exception>
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

    /// <summary>The interval of the difference of two means over items that have nothing to do with each other; each is resampled on its own.</summary>
    /// <param name="first">The values of one arm.</param>
    /// <param name="firstGroups">Their groups.</param>
    /// <param name="second">The values of the other arm.</param>
    /// <param name="secondGroups">Their groups.</param>
    /// <exception cref="ArgumentException">An arm has no values, or another number of groups.</exception>
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

    // The interval of a mean of shares in percent; null where one group cannot tell.
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
