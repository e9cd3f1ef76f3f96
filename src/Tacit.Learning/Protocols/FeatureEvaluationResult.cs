using System.Collections.Immutable;
using Tacit.Inference.Metrics;

namespace Tacit.Learning.Protocols;

/// <summary>How well a class is recognised.</summary>
/// <param name="Name">The class.</param>
/// <param name="Videos">Its videos that were tested.</param>
/// <param name="Accuracy">The share of them, in percent, whose class was found; over repeats the mean.</param>
/// <param name="Interval">Its 95 % interval in percent, by resampling the sources of the videos; null where they come from one source.</param>
public sealed record ClassAccuracy(string Name, int Videos, double Accuracy, Interval? Interval);

/// <summary>How well classes are found from features.</summary>
public sealed record FeatureEvaluationResult
{
    /// <summary>Whether the set's own division was used; else cross-validation.</summary>
    public required bool IsGivenDivision { get; init; }

    /// <summary>The share of tested videos, in percent, whose class was found; over repeats the mean.</summary>
    public required double Accuracy { get; init; }

    /// <summary>
    /// Its 95 % interval in percent, by resampling the sources of the tested videos (<see cref="ClusterBootstrap"/>); null where
    /// they come from one source. It does not say how other training videos or another pretraining would change it.
    /// </summary>
    public required Interval? Interval { get; init; }

    /// <summary>What the best constant answer reaches, in percent: the share of the commonest class among the tested videos.</summary>
    public required double Chance { get; init; }

    /// <summary>The accuracy of each repeat, in percent; one for a given division.</summary>
    public required ImmutableArray<double> Repeats { get; init; }

    /// <summary>The accuracy of each class that was tested.</summary>
    public required ImmutableArray<ClassAccuracy> Classes { get; init; }

    /// <summary>What was taken for what; over repeats each test of a video counts.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>The names of the tested videos.</summary>
    public required ImmutableArray<string> Videos { get; init; }

    /// <summary>Whether the class of each tested video was found: 0 or 1, over repeats the share.</summary>
    public required ImmutableArray<double> Correct { get; init; }

    /// <summary>The source of each tested video, as a number.</summary>
    public required ImmutableArray<int> Groups { get; init; }

    /// <summary>The videos learnt from; in cross-validation those of the largest training part.</summary>
    public required int TrainingVideos { get; init; }

    /// <summary>Sources that are on both sides of a given division, so that what is tested was in part seen; 0 in cross-validation.</summary>
    public required int SharedSources { get; init; }

    /// <summary>The number of sources of the tested videos.</summary>
    public int Sources => Groups.Distinct().Count();

    /// <summary>By how many points this is better than another result on the same videos, with a paired 95 % interval.</summary>
    /// <param name="other">The result of another encoder or classifier.</param>
    /// <param name="bootstrap">How the interval is made; null for the defaults.</param>
    /// <returns>Percentage points; the interval lies above 0 where this is better by more than chance.</returns>
    /// <exception cref="ArgumentException">The other was tested on other videos.</exception>
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
