using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Metrics;
using Tacit.Inference.Video;

namespace Tacit.Learning.Protocols;

/// <summary>The share of queries for which one of the k nearest videos is of the same class.</summary>
/// <param name="K">How many neighbours are looked at.</param>
/// <param name="Percent">The share in percent; over repeats the mean.</param>
/// <param name="Interval">Its 95 % interval in percent, by resampling the sources of the queries; null where they come from one source.</param>
/// <param name="Chance">What a random order reaches, in percent: with few classes and many neighbours nearly all.</param>
public sealed record Recall(int K, double Percent, Interval? Interval, double Chance);

/// <summary>How well videos find others of their class.</summary>
/// <param name="IsGivenDivision">Whether the set's own division was used; else cross-validation.</param>
/// <param name="Recalls">The recall at each k that is not more than the videos searched.</param>
/// <param name="Queries">The videos searched for.</param>
/// <param name="Gallery">The videos searched; in cross-validation those of the smallest part.</param>
/// <param name="Sources">The sources of the queries.</param>
public sealed record RetrievalResult(bool IsGivenDivision, ImmutableArray<Recall> Recalls, int Queries, int Gallery, int Sources);

/// <summary>A video that was found for another.</summary>
/// <param name="Query">The video searched for.</param>
/// <param name="Rank">Its place among those found, from 1.</param>
/// <param name="Video">The video found.</param>
/// <param name="Similarity">The cosine of their features, -1 to 1.</param>
public sealed record Neighbour(StoredVideo Query, int Rank, StoredVideo Video, float Similarity);

/// <summary>Judges features by video retrieval: tested videos search among the training videos by cosine similarity (R@k).</summary>
/// <remarks>The protocol of Xu et al. ("Video Clip Order Prediction", CVPR 2019) that later work follows, with the test clips of a video on both sides.</remarks>
public sealed class Retrieval
{
    private readonly EvaluationOptions _options;
    private readonly ImmutableArray<int> _ks;

    /// <summary>Retrieval with the given division of the videos.</summary>
    /// <param name="options">Which videos are searched and which are searched for; null for the defaults.</param>
    /// <param name="ks">How many neighbours are looked at, each at least 1; null for the customary 1, 5, 10, 20 and 50.</param>
    /// <exception cref="ArgumentOutOfRangeException">A k is not positive.</exception>
    public Retrieval(EvaluationOptions? options = null, IReadOnlyList<int>? ks = null)
    {
        _options = options ?? new EvaluationOptions();
        _ks = [.. (ks ?? [1, 5, 10, 20, 50]).Select(k => Require.AtLeast(1, k, nameof(ks)))];
    }

    /// <summary>The recall at each k.</summary>
    /// <param name="features">The features of labelled videos.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="InvalidDatasetException">Videos have no classes, or cannot be divided as the options say.</exception>
    public RetrievalResult Run(VideoFeatures features, CancellationToken cancellation = default)
    {
        var labelled = LabelledFeatures.Of(features);
        var parts = EvaluationParts.Of(labelled, _options);
        var ranks = parts.Run(part => FirstHits(labelled, part.Train, part.Test, cancellation), _options.Parallelism, null, cancellation);
        var searched = parts.Parts.Min(part => part.Train.Length);
        int[] tested = [.. parts.Parts.SelectMany(part => part.Test).Distinct()];
        return new RetrievalResult(
            parts.AreGiven,
            [.. _ks.Where(k => k <= searched).Select(k => At(k, labelled, parts, ranks))],
            tested.Length,
            searched,
            tested.Select(video => labelled.Groups[video]).Distinct().Count()
        );
    }

    /// <summary>The nearest videos of every query; of repeated cross-validation those of the first repeat.</summary>
    /// <param name="features">The features of labelled videos.</param>
    /// <param name="most">The most neighbours of a query, at least 1.</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="InvalidDatasetException">Videos have no classes, or cannot be divided as the options say.</exception>
    public ImmutableArray<Neighbour> Nearest(VideoFeatures features, int most, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        return
        [
            .. EvaluationParts
                .Of(LabelledFeatures.Of(features), _options)
                .Parts.Where(part => part.Repeat == 0)
                .SelectMany(part =>
                {
                    var neighbours = new CosineNeighbours(features, part.Train);
                    return part.Test.SelectMany(query =>
                    {
                        cancellation.ThrowIfCancellationRequested();
                        return neighbours
                            .Of(query)
                            .Take(most)
                            .Select(
                                (found, place) =>
                                    new Neighbour(features.Videos[query], place + 1, features.Videos[found.Video], found.Similarity)
                            );
                    });
                }),
        ];
    }

    /// <summary>The place, from 0, of the first video of a query's class among a gallery in the order of similarity; the gallery's size where there is none.</summary>
    /// <param name="features">All videos.</param>
    /// <param name="gallery">The videos searched.</param>
    /// <param name="queries">The videos searched for.</param>
    /// <param name="cancellation">Stops.</param>
    public static int[] FirstHits(
        LabelledFeatures features,
        ReadOnlyMemory<int> gallery,
        ReadOnlyMemory<int> queries,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(features);
        var neighbours = new CosineNeighbours(features.Features, gallery.Span);
        var ranks = new int[queries.Length];
        for (var i = 0; i < ranks.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var label = features.Labels[queries.Span[i]];
            var rank = Array.FindIndex(neighbours.Of(queries.Span[i]), neighbour => features.Labels[neighbour.Video] == label);
            ranks[i] = rank < 0 ? gallery.Length : rank;
        }

        return ranks;
    }

    private Recall At(int k, LabelledFeatures features, EvaluationParts parts, int[][] ranks)
    {
        var shares = new HitShares(features.Labels.Length);
        var chances = new List<double>();
        foreach (var (part, own) in parts.Parts.Zip(ranks))
        {
            var sizes = part.Train.CountBy(video => features.Labels[video]).ToDictionary();
            chances.AddRange(part.Test.Select(query => Chance(k, sizes.GetValueOrDefault(features.Labels[query]), part.Train.Length)));
            for (var i = 0; i < own.Length; i++)
            {
                shares.Add(part.Test[i], own[i] < k);
            }
        }

        var found = shares.Shares;
        return new Recall(
            k,
            100 * found.Average(),
            new ClusterBootstrap(_options.Bootstrap).Percent(found, [.. shares.Tested.Select(video => features.Groups[video])]),
            100 * chances.Average()
        );
    }

    // That one of k videos drawn from a gallery is one of so many.
    private static double Chance(int k, int wanted, int gallery)
    {
        var none = 1.0;
        for (var i = 0; i < k; i++)
        {
            none *= Math.Max(0, gallery - wanted - i) / (double)(gallery - i);
        }

        return 1 - none;
    }
}
