using System.Collections.Immutable;
using Tacit.Inference;
using Tacit.Inference.Metrics;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Storage;

namespace Tacit.Learning.Evaluation;

/// <summary>The recall at k (R@k): the share of queries for which at least one of the k nearest videos has the same class.</summary>
/// <param name="K">The number of neighbours considered.</param>
/// <param name="Percent">The share in percent; the mean over repeats.</param>
/// <param name="Interval">
/// The 95 % interval of the share in percent, computed by resampling the sources of the queries; null if they come from a
/// single source.
/// </param>
/// <param name="Chance">
/// The expected recall of a random order, in percent. With few classes and many neighbours it is close to 100.
/// </param>
public sealed record Recall(int K, double Percent, Interval? Interval, double Chance);

/// <summary>The result of a <see cref="Retrieval"/>.</summary>
/// <param name="IsGivenDivision">Whether the division of the set was used; otherwise the result is from cross-validation.</param>
/// <param name="Recalls">The recall at each k that does not exceed the size of the gallery.</param>
/// <param name="Queries">The number of queries.</param>
/// <param name="Gallery">The number of videos searched; in cross-validation, the size of the smallest gallery.</param>
/// <param name="Sources">The number of sources of the queries.</param>
public sealed record RetrievalResult(bool IsGivenDivision, ImmutableArray<Recall> Recalls, int Queries, int Gallery, int Sources);

/// <summary>A video retrieved for a query.</summary>
/// <param name="Query">The query.</param>
/// <param name="Rank">The rank of the retrieved video, from 1.</param>
/// <param name="Video">The retrieved video.</param>
/// <param name="Similarity">The cosine similarity of their features, -1 to 1.</param>
public sealed record Neighbour(StoredVideo Query, int Rank, StoredVideo Video, float Similarity);

/// <summary>
/// Evaluates features by video retrieval: each test video is a query, and the training videos are ranked by cosine similarity
/// (R@k).
/// </summary>
/// <remarks>
/// The protocol is that of Xu et al., "Video Clip Order Prediction", CVPR 2019, which later work follows. Queries and gallery
/// use the same number of test clips per video.
/// </remarks>
public sealed class Retrieval
{
    private readonly EvaluationOptions _options;
    private readonly ImmutableArray<int> _ks;

    /// <summary>Creates an evaluation.</summary>
    /// <param name="options">The division into queries (test) and gallery (training); null for the defaults.</param>
    /// <param name="ks">The numbers of neighbours k, each at least 1; null for the customary 1, 5, 10, 20 and 50.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value of <paramref name="ks"/> is less than 1.</exception>
    public Retrieval(EvaluationOptions? options = null, IReadOnlyList<int>? ks = null)
    {
        _options = options ?? new EvaluationOptions();
        _ks = [.. (ks ?? [1, 5, 10, 20, 50]).Select(k => Require.AtLeast(1, k, nameof(ks)))];
    }

    /// <summary>Computes the recall at each k.</summary>
    /// <param name="features">The features of labelled videos.</param>
    /// <param name="cancellation">Cancels the evaluation.</param>
    /// <exception cref="InvalidDatasetException">
    /// A video has no class, all have the same class, or the videos cannot be divided as the options specify.
    /// </exception>
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

    /// <summary>Returns the nearest videos of every query; in repeated cross-validation, those of the first repeat.</summary>
    /// <param name="features">The features of labelled videos.</param>
    /// <param name="most">The maximum number of neighbours for each query, at least 1.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <exception cref="InvalidDatasetException">
    /// A video has no class, all have the same class, or the videos cannot be divided as the options specify.
    /// </exception>
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

    /// <summary>Computes for each query the rank of the most similar video of its class.</summary>
    /// <param name="features">The features of all videos.</param>
    /// <param name="gallery">The indices of the videos to search.</param>
    /// <param name="queries">The indices of the queries.</param>
    /// <param name="cancellation">Cancels the operation.</param>
    /// <returns>The ranks, from 0; the size of the gallery for a query whose class does not occur in it.</returns>
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

    // The probability that at least one of k videos drawn from the gallery without replacement is among the wanted ones.
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
