using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Metrics;
using Tacit.Inference.Video;

namespace Tacit.Learning.Protocols;

/// <summary>How well a network classifies videos that it has not seen.</summary>
public sealed record VideoClassificationResult
{
    /// <summary>The share of videos, in percent, whose class got the highest score.</summary>
    public required double Top1 { get; init; }

    /// <summary>Its 95 % interval in percent, by resampling the sources of the videos (<see cref="ClusterBootstrap"/>); null where they come from one source.</summary>
    public required Interval? Top1Interval { get; init; }

    /// <summary>The share of videos, in percent, whose class was among the five highest scores.</summary>
    public required double Top5 { get; init; }

    /// <summary>The interval of <see cref="Top5"/>.</summary>
    public required Interval? Top5Interval { get; init; }

    /// <summary>What the best constant answer reaches, in percent: the share of the commonest class.</summary>
    public required double Chance { get; init; }

    /// <summary>The accuracy of each class that was tested.</summary>
    public required ImmutableArray<ClassAccuracy> Classes { get; init; }

    /// <summary>What was taken for what; indices are the network's outputs.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>The names of the videos.</summary>
    public required ImmutableArray<string> Videos { get; init; }

    /// <summary>The output that each video was taken for. For comparing networks video by video.</summary>
    public required ImmutableArray<int> Predictions { get; init; }

    /// <summary>Whether the class of each video was found: 0 or 1.</summary>
    public required ImmutableArray<double> Correct { get; init; }

    /// <summary>The source of each video, as a number.</summary>
    public required ImmutableArray<int> Groups { get; init; }

    /// <summary>The number of sources.</summary>
    public int Sources => Groups.Distinct().Count();

    /// <summary>Judges the scores that a classifier gave.</summary>
    /// <param name="scores">Of each labelled video the mean of the logits of its clips, videos x outputs.</param>
    /// <param name="outputs">The classes of the outputs; empty where the network does not say: they are then those of the videos in ordinal order.</param>
    /// <param name="bootstrap">How intervals are made; null for the defaults.</param>
    /// <exception cref="InvalidDatasetException">Videos have no classes, or others than the network's.</exception>
    public static VideoClassificationResult Of(
        VideoFeatures scores,
        ImmutableArray<string> outputs,
        ClusterBootstrapOptions? bootstrap = null
    )
    {
        ArgumentNullException.ThrowIfNull(scores);
        var (names, labels, groups) = LabelledFeatures.Number(scores.Videos);
        var classes = ClassesOf(names, outputs, scores.Dimension);
        ImmutableArray<int> actual = [.. labels.Select(label => classes.IndexOf(names[label]))];
        var ranks = actual.Select((output, video) => Scores.Rank(scores[video], output)).ToList();
        ImmutableArray<int> predicted = [.. Enumerable.Range(0, scores.Count).Select(video => Scores.Top(scores[video]))];
        ImmutableArray<double> first = [.. ranks.Select(rank => rank < 1 ? 1.0 : 0)];
        ImmutableArray<double> fifth = [.. ranks.Select(rank => rank < 5 ? 1.0 : 0)];
        var intervals = new ClusterBootstrap(bootstrap);
        var accuracies = ClassAccuracies.Of(classes, actual, first, groups, intervals);
        return new VideoClassificationResult
        {
            Top1 = 100 * first.Average(),
            Top1Interval = intervals.Percent(first, groups),
            Top5 = 100 * fifth.Average(),
            Top5Interval = intervals.Percent(fifth, groups),
            Chance = 100.0 * accuracies.Max(each => each.Videos) / scores.Count,
            Classes = accuracies,
            Confusion = ConfusionMatrix.Of(classes, actual.AsSpan(), predicted.AsSpan()),
            Videos = [.. scores.Videos.Select(video => video.Name)],
            Predictions = predicted,
            Correct = first,
            Groups = groups,
        };
    }

    /// <summary>Throws what <see cref="Of"/> would throw of these videos, before anyone computes their scores.</summary>
    /// <param name="videos">The videos.</param>
    /// <param name="outputs">The classes of the outputs; empty where the network does not say.</param>
    /// <param name="count">The number of outputs; null where it is not known yet.</param>
    /// <exception cref="InvalidDatasetException">Videos have no classes, or others than the network's.</exception>
    public static void Check(ImmutableArray<StoredVideo> videos, ImmutableArray<string> outputs, int? count)
    {
        var (names, _, _) = LabelledFeatures.Number(videos);
        _ = ClassesOf(names, outputs, count ?? (outputs.IsDefaultOrEmpty ? names.Length : outputs.Length));
    }

    /// <summary>How many of the videos another network takes for the same class.</summary>
    /// <param name="other">Its result on the same videos.</param>
    /// <param name="bootstrap">How the interval is made; null for the defaults.</param>
    /// <returns>A share in percent, with its interval by source; null where the videos come from one source.</returns>
    /// <exception cref="ArgumentException">The other was tested on other videos.</exception>
    public (double Share, Interval? Interval) Agreement(VideoClassificationResult other, ClusterBootstrapOptions? bootstrap = null)
    {
        CheckPaired(other);
        ImmutableArray<double> same =
        [
            .. Predictions.Zip(other.Predictions, (mine, its) => Confusion.Classes[mine] == other.Confusion.Classes[its] ? 1.0 : 0),
        ];
        return (100 * same.Average(), new ClusterBootstrap(bootstrap).Percent(same, Groups));
    }

    /// <summary>By how many points of top-1 accuracy this is better than another result on the same videos.</summary>
    /// <param name="other">The result of the other network.</param>
    /// <param name="bootstrap">How the interval is made; null for the defaults.</param>
    /// <returns>Percentage points, with a paired interval by source, which lies above 0 where this is better by more than chance; null where the videos come from one source.</returns>
    /// <exception cref="ArgumentException">The other was tested on other videos.</exception>
    public (double Difference, Interval? Interval) Minus(VideoClassificationResult other, ClusterBootstrapOptions? bootstrap = null)
    {
        CheckPaired(other);
        return (
            Top1 - other.Top1,
            new ClusterBootstrap(bootstrap).Percent([.. Correct.Zip(other.Correct, (mine, its) => mine - its)], Groups)
        );
    }

    /// <summary>Which class each output of a network is.</summary>
    /// <param name="names">The classes of the videos, in ordinal order.</param>
    /// <param name="outputs">What the network says; may be empty.</param>
    /// <param name="count">The number of its outputs.</param>
    /// <exception cref="InvalidDatasetException">The videos have classes that are none of the network's.</exception>
    public static ImmutableArray<string> ClassesOf(ImmutableArray<string> names, ImmutableArray<string> outputs, int count)
    {
        if (outputs.IsDefaultOrEmpty)
        {
            return names.Length == count
                ? names
                : throw new InvalidDatasetException(
                    $"the network has {count} outputs and does not say what they are; the videos have {names.Length} classes ({Some(names)}), and there must be one for each output"
                );
        }

        var others = names.Except(outputs, StringComparer.Ordinal).ToList();
        return outputs.Length != count
                ? throw new InvalidDatasetException($"the network has {count} outputs, but names {outputs.Length} classes")
            : others.Count == 0 ? outputs
            : throw new InvalidDatasetException($"the network knows {Some(outputs)}; the videos are of other classes, such as {others[0]}");
    }

    private void CheckPaired(VideoClassificationResult other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (!Videos.SequenceEqual(other.Videos, StringComparer.Ordinal))
        {
            throw new ArgumentException("the results are of different videos; they cannot be paired", nameof(other));
        }
    }

    private static string Some(IReadOnlyCollection<string> names) =>
        names.Count <= 5 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(5))} and {names.Count - 5} more";
}
