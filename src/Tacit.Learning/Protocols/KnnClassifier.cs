namespace Tacit.Learning.Protocols;

/// <summary>How the nearest neighbours choose a class.</summary>
public enum KnnVote
{
    /// <summary>A neighbour of similarity s has exp(s / temperature) votes (Wu et al., CVPR 2018; DINO).</summary>
    Weighted,

    /// <summary>Each neighbour has one vote.</summary>
    Majority,
}

/// <summary>The options of <see cref="KnnClassifier"/>.</summary>
public sealed record KnnOptions
{
    /// <summary>From how many training videos on <see cref="K"/> is 20 where it is not given.</summary>
    public const int LargeSet = 1000;

    /// <summary>
    /// How many neighbours vote, at least 1; all where there are fewer. Default null: 20 (DINO) where there are
    /// <see cref="LargeSet"/> training videos, else 5, as 20 would be a good part of a small class.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int? K
    {
        get;
        init => field = value is { } k ? Require.AtLeast(1, k) : null;
    }

    /// <summary>How they vote. Default weighted.</summary>
    public KnnVote Vote
    {
        get;
        init => field = Require.Defined(value);
    }

    /// <summary>The temperature of the weighted vote, above 0. Default 0.07 (Wu et al.).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Temperature
    {
        get;
        init => field = Require.Positive(value);
    } = 0.07;
}

/// <summary>Gives a video the class of those most similar to it by the cosine of their features.</summary>
/// <remarks>
/// Wu et al., "Unsupervised Feature Learning via Non-Parametric Instance Discrimination", CVPR 2018. Of classes with the same
/// votes the first is taken. Nothing is learnt and nothing is tuned but k.
/// </remarks>
/// <example>Of three neighbours with similarities 0.9, 0.8, 0.8 and classes 0, 1, 1 the weighted vote is exp(12.86) = 383,000 for
/// class 0 and 2 · exp(11.43) = 184,000 for class 1: class 0; by majority it is class 1.</example>
public sealed class KnnClassifier : IFeatureClassifier
{
    private readonly KnnOptions _options;

    /// <summary>A classifier with the given options.</summary>
    public KnnClassifier(KnnOptions? options = null) => _options = options ?? new KnnOptions();

    /// <summary>How many neighbours vote where there are so many training videos.</summary>
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
            // Relative to the nearest, so that a low temperature does not overflow.
            votes[features.Labels[video]] +=
                _options.Vote == KnnVote.Majority ? 1 : Math.Exp((similarity - nearest[0].Similarity) / _options.Temperature);
        }

        return Array.IndexOf(votes, votes.Max());
    }
}
