using System.Collections.Immutable;
using Tacit.Inference.Metrics;

namespace Tacit.Learning.Evaluation;

/// <summary>The accuracy of one class.</summary>
/// <param name="Name">The name of the class.</param>
/// <param name="Videos">The number of its tested videos.</param>
/// <param name="Accuracy">The share of these videos, in percent, whose class was predicted correctly; the mean over repeats.</param>
/// <param name="Interval">
/// The 95 % interval of the accuracy in percent, computed by resampling the sources of the videos; null if they come from a
/// single source.
/// </param>
public sealed record ClassAccuracy(string Name, int Videos, double Accuracy, Interval? Interval);

/// <summary>The result of a <see cref="FeatureEvaluation"/>.</summary>
public sealed record FeatureEvaluationResult
{
    /// <summary>Whether the division of the set was used; otherwise the result is from cross-validation.</summary>
    public required bool IsGivenDivision { get; init; }

    /// <summary>The share of tested videos, in percent, whose class was predicted correctly; the mean over repeats.</summary>
    public required double Accuracy { get; init; }

    /// <summary>
    /// The 95 % interval of <see cref="Accuracy"/> in percent, computed by resampling the sources of the tested videos (<see
    /// cref="ClusterBootstrap"/>); null if they come from a single source. It does not cover the variation due to other training
    /// videos or another pretraining.
    /// </summary>
    public required Interval? Interval { get; init; }

    /// <summary>
    /// The accuracy of the best constant prediction, in percent: the share of the most frequent class among the tested videos.
    /// </summary>
    public required double Chance { get; init; }

    /// <summary>The accuracy of each repeat, in percent; a single value for a given division.</summary>
    public required ImmutableArray<double> Repeats { get; init; }

    /// <summary>The accuracy of each tested class, in index order.</summary>
    public required ImmutableArray<ClassAccuracy> Classes { get; init; }

    /// <summary>The counts of true and predicted classes. With repeats, each test of a video counts.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>The names of the tested videos.</summary>
    public required ImmutableArray<string> Videos { get; init; }

    /// <summary>Whether the class of each tested video was predicted correctly: 0 or 1, or the mean over repeats.</summary>
    public required ImmutableArray<double> Correct { get; init; }

    /// <summary>The source of each tested video, as a number.</summary>
    public required ImmutableArray<int> Groups { get; init; }

    /// <summary>The number of training videos; in cross-validation, the size of the largest training part.</summary>
    public required int TrainingVideos { get; init; }

    /// <summary>
    /// The number of sources on both sides of a given division. If it is not 0, the test is partly on recordings seen in
    /// training. It is always 0 in cross-validation.
    /// </summary>
    public required int SharedSources { get; init; }

    /// <summary>The number of sources of the tested videos.</summary>
    public int Sources => Groups.Distinct().Count();

    /// <summary>Compares this result with another on the same videos.</summary>
    /// <param name="other">The result of another encoder or classifier.</param>
    /// <param name="bootstrap">How the interval is computed; null for the defaults.</param>
    /// <returns>
    /// The difference of the accuracies in percentage points, and its paired 95 % interval. This result is significantly better
    /// if the interval lies above 0.
    /// </returns>
    /// <exception cref="ArgumentException">The other result is from other videos.</exception>
    public (double Difference, Interval Interval) Minus(FeatureEvaluationResult other, ClusterBootstrapOptions? bootstrap = null)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Videos.SequenceEqual(other.Videos, StringComparer.Ordinal)
            ? (
                Accuracy - other.Accuracy,
                new ClusterBootstrap(bootstrap).Paired(Correct.AsSpan(), other.Correct.AsSpan(), Groups.AsSpan()).Times(100)
            )
            : throw new ArgumentException("the results are of different videos; they cannot be paired", nameof(other));
    }
}
