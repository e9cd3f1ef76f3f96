namespace Tacit.Learning.Evaluation;

/// <summary>How the nearest neighbours vote for a class.</summary>
public enum KnnVote
{
    /// <summary>A neighbour with the similarity s has exp(s / temperature) votes (Wu et al., CVPR 2018; also used by DINO).</summary>
    Weighted,

    /// <summary>Each neighbour has one vote.</summary>
    Majority,
}

/// <summary>Specifies a <see cref="KnnClassifier"/>.</summary>
public sealed record KnnOptions
{
    /// <summary>The number of training videos from which the default of <see cref="K"/> is 20 instead of 5.</summary>
    public const int LargeSet = 1000;

    /// <summary>
    /// The number of neighbours that vote, at least 1. If there are fewer training videos, all vote. Default null: 20 (as in
    /// DINO) for at least <see cref="LargeSet"/> training videos, otherwise 5, because 20 would be a large part of a small
    /// class.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int? K
    {
        get;
        init => field = value is { } k ? Require.AtLeast(1, k) : null;
    }

    /// <summary>How the neighbours vote. Default <see cref="KnnVote.Weighted"/>.</summary>
    public KnnVote Vote
    {
        get;
        init => field = Require.Defined(value);
    }

    /// <summary>The temperature of the weighted vote, above 0. Default 0.07 (Wu et al. 2018).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public double Temperature
    {
        get;
        init => field = Require.Positive(value);
    } = 0.07;
}

/// <summary>Predicts the class of a video from the training videos with the most similar features, by cosine similarity.</summary>
/// <remarks>
/// Wu et al., "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", CVPR 2018. Of classes with equal
/// votes, the one with the lowest index is chosen. There is no training and no parameter to tune except k.
/// </remarks>
/// <example>
/// Three neighbours have the similarities 0.9, 0.8, 0.8 and the classes 0, 1, 1. The weighted vote is exp(12.86) = 383,000 for
/// class 0 and 2 · exp(11.43) = 184,000 for class 1, so class 0 is predicted; the majority vote predicts class 1.
/// </example>
public sealed class KnnClassifier : IFeatureClassifier
{
    private readonly KnnOptions _options;

    /// <summary>Creates a classifier.</summary>
    /// <param name="options">The number of neighbours and their votes; null for the defaults.</param>
    public KnnClassifier(KnnOptions? options = null) => _options = options ?? new KnnOptions();

    /// <summary>Returns the number of neighbours that vote.</summary>
    /// <param name="trainingVideos">The number of training videos.</param>
    public int NeighboursOf(int trainingVideos) => Math.Min(trainingVideos, _options.K ?? (trainingVideos >= KnnOptions.LargeSet ? 20 : 5));

    /// <inheritdoc/>
    public int[] Predict(
        LabelledFeatures features,
        ReadOnlyMemory<int> train,
        ReadOnlyMemory<int> test,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentOutOfRangeException.ThrowIfZero(train.Length, nameof(train));
        var neighbours = new CosineNeighbours(features.Features, train.Span);
        var k = NeighboursOf(train.Length);
        var predicted = new int[test.Length];
        for (var i = 0; i < predicted.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            predicted[i] = Vote(features, neighbours.Of(test.Span[i]).AsSpan(0, k));
        }

        return predicted;
    }

    private int Vote(LabelledFeatures features, ReadOnlySpan<(int Video, float Similarity)> nearest)
    {
        var votes = new double[features.Classes.Length];
        foreach (var (video, similarity) in nearest)
        {
            // Similarities are relative to the nearest neighbour, so that a low temperature does not cause an overflow.
            votes[features.Labels[video]] +=
                _options.Vote == KnnVote.Majority ? 1 : Math.Exp((similarity - nearest[0].Similarity) / _options.Temperature);
        }

        return Array.IndexOf(votes, votes.Max());
    }
}
