using System.Collections.Immutable;
using Tacit.Inference;
using Tacit.Inference.Metrics;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Storage;

namespace Tacit.Learning.Evaluation;

/// <summary>The accuracy of a network on videos that it was not trained on.</summary>
public sealed record VideoClassificationResult
{
    /// <summary>The share of videos, in percent, whose class had the highest score.</summary>
    public required double Top1 { get; init; }

    /// <summary>
    /// The 95 % interval of <see cref="Top1"/> in percent, computed by resampling the sources of the videos (<see
    /// cref="ClusterBootstrap"/>); null if they come from a single source.
    /// </summary>
    public required Interval? Top1Interval { get; init; }

    /// <summary>The share of videos, in percent, whose class was among the five highest scores.</summary>
    public required double Top5 { get; init; }

    /// <summary>The 95 % interval of <see cref="Top5"/> in percent; null if the videos come from a single source.</summary>
    public required Interval? Top5Interval { get; init; }

    /// <summary>The accuracy of the best constant prediction, in percent: the share of the most frequent class.</summary>
    public required double Chance { get; init; }

    /// <summary>The accuracy of each tested class, in index order.</summary>
    public required ImmutableArray<ClassAccuracy> Classes { get; init; }

    /// <summary>The counts of true and predicted classes. The indices are the outputs of the network.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>The names of the videos.</summary>
    public required ImmutableArray<string> Videos { get; init; }

    /// <summary>The predicted output for each video, for comparing networks video by video.</summary>
    public required ImmutableArray<int> Predictions { get; init; }

    /// <summary>Whether the class of each video was predicted correctly: 0 or 1.</summary>
    public required ImmutableArray<double> Correct { get; init; }

    /// <summary>The source of each video, as a number.</summary>
    public required ImmutableArray<int> Groups { get; init; }

    /// <summary>The number of sources of the videos.</summary>
    public int Sources => Groups.Distinct().Count();

    /// <summary>Computes the result from the scores of a classifier.</summary>
    /// <param name="scores">The mean logits of the clips of each labelled video, videos x outputs.</param>
    /// <param name="outputs">
    /// The class of each output; empty if the network does not state it. The outputs are then the classes of the videos in
    /// ordinal order.
    /// </param>
    /// <param name="bootstrap">How intervals are computed; null for the defaults.</param>
    /// <exception cref="InvalidDatasetException">A video has no class, or its class is not one of the network's.</exception>
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

    /// <summary>
    /// Checks that videos can be used to evaluate a network, before their scores are computed. It throws the exceptions that
    /// <see cref="Of"/> would throw for these videos.
    /// </summary>
    /// <param name="videos">The videos.</param>
    /// <param name="outputs">The class of each output; empty if the network does not state it.</param>
    /// <param name="count">The number of outputs; null if it is unknown.</param>
    /// <exception cref="InvalidDatasetException">A video has no class, or its class is not one of the network's.</exception>
    public static void Check(ImmutableArray<StoredVideo> videos, ImmutableArray<string> outputs, int? count)
    {
        var (names, _, _) = LabelledFeatures.Number(videos);
        _ = ClassesOf(names, outputs, count ?? (outputs.IsDefaultOrEmpty ? names.Length : outputs.Length));
    }

    /// <summary>Computes the share of videos for which another network predicts the same class.</summary>
    /// <param name="other">The result of the other network on the same videos.</param>
    /// <param name="bootstrap">How the interval is computed; null for the defaults.</param>
    /// <returns>
    /// The share in percent, and its 95 % interval by source; the interval is null if the videos come from a single source.
    /// </returns>
    /// <exception cref="ArgumentException">The other result is from other videos.</exception>
    public (double Share, Interval? Interval) Agreement(VideoClassificationResult other, ClusterBootstrapOptions? bootstrap = null)
    {
        CheckPaired(other);
        ImmutableArray<double> same =
        [
            .. Predictions.Zip(other.Predictions, (mine, its) => Confusion.Classes[mine] == other.Confusion.Classes[its] ? 1.0 : 0),
        ];
        return (100 * same.Average(), new ClusterBootstrap(bootstrap).Percent(same, Groups));
    }

    /// <summary>Compares this result with another on the same videos.</summary>
    /// <param name="other">The result of the other network.</param>
    /// <param name="bootstrap">How the interval is computed; null for the defaults.</param>
    /// <returns>
    /// The difference in top-1 accuracy in percentage points, and its paired 95 % interval by source; the interval is null if
    /// the videos come from a single source. This network is significantly better if the interval lies above 0.
    /// </returns>
    /// <exception cref="ArgumentException">The other result is from other videos.</exception>
    public (double Difference, Interval? Interval) Minus(VideoClassificationResult other, ClusterBootstrapOptions? bootstrap = null)
    {
        CheckPaired(other);
        return (
            Top1 - other.Top1,
            new ClusterBootstrap(bootstrap).Percent([.. Correct.Zip(other.Correct, (mine, its) => mine - its)], Groups)
        );
    }

    /// <summary>Determines the class of each output of a network.</summary>
    /// <param name="names">The classes of the videos, in ordinal order.</param>
    /// <param name="outputs">The classes that the network states; empty if it states none.</param>
    /// <param name="count">The number of outputs of the network.</param>
    /// <exception cref="InvalidDatasetException">
    /// A class of the videos is not one of the network's, or the numbers of classes and outputs differ.
    /// </exception>
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
