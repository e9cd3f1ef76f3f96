using System.Collections.Immutable;
using Tacit.Inference.Metrics;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Output;

/// <summary>The parts that reports on the classification of videos share.</summary>
/// <remarks>
/// With fewer than 20 sources, the report warns that the confidence intervals are too narrow (<see
/// cref="Tacit.Learning.Evaluation.ClusterBootstrap"/>).
/// </remarks>
internal static class ClassificationReport
{
    private const int FewSources = 20;

    /// <summary>Describes an accuracy and what chance reaches.</summary>
    /// <param name="name">The name of the accuracy, such as "top-1".</param>
    /// <param name="accuracy">The accuracy in percent.</param>
    /// <param name="interval">Its 95 % interval; null if there is none.</param>
    /// <param name="chance">The accuracy of always predicting the most frequent class, in percent.</param>
    /// <param name="sources">The number of sources of the tested videos.</param>
    public static IEnumerable<Fact> Accuracy(string name, double accuracy, Interval? interval, double chance, int sources) =>
        [new(name, $"{Format.Percent(accuracy)}  ({Format.Interval(interval, sources)})", Format.Percent(accuracy)), Chance(chance)];

    /// <summary>Describes the accuracy of always predicting the most frequent class.</summary>
    /// <param name="percent">The accuracy in percent.</param>
    public static Fact Chance(double percent) =>
        new("chance", $"{Format.Percent(percent)}  (always the most frequent class)", Format.Percent(percent));

    /// <summary>Warns of sources that were both trained on and tested.</summary>
    /// <param name="sources">The number of these sources.</param>
    /// <returns>The warning; null if there are none.</returns>
    public static string? Shared(int sources) =>
        sources > 0 ? $"{Format.Count(sources, "source")} both trained on and tested: the test is not of unseen material" : null;

    /// <summary>Shows the accuracy of each class and the confusions.</summary>
    /// <param name="confusion">The confusion matrix.</param>
    /// <param name="classes">The accuracies of the tested classes.</param>
    /// <param name="videos">The number of tested videos.</param>
    /// <param name="sources">The number of sources of these videos.</param>
    public static IEnumerable<ReportBlock> Blocks(
        ConfusionMatrix confusion,
        ImmutableArray<ClassAccuracy> classes,
        int videos,
        int sources
    ) => [.. Classes(classes, videos, sources), .. Confusion(confusion)];

    /// <summary>Shows the accuracy of each class.</summary>
    /// <param name="classes">The accuracies of the tested classes.</param>
    /// <param name="videos">The number of tested videos.</param>
    /// <param name="sources">The number of sources of these videos.</param>
    public static IEnumerable<ReportBlock> Classes(ImmutableArray<ClassAccuracy> classes, int videos, int sources)
    {
        yield return new Details(
            "Classes",
            "The share of the videos of each class that were classified correctly, from 0 to 100 %. The thin line is the 95 % interval, obtained by resampling sources: other test videos could change the share by that much."
        );
        if (sources < FewSources)
        {
            yield return new Details(
                null,
                $"The test is small: {Format.Count(videos, "video")} of {Format.Count(sources, "source")}. Differences within the intervals mean nothing, and with fewer than about {FewSources} sources the intervals are too narrow."
            );
        }

        yield return new ClassAccuracies(classes);
    }

    /// <summary>Shows the confusions.</summary>
    /// <param name="confusion">The confusion matrix.</param>
    public static IEnumerable<ReportBlock> Confusion(ConfusionMatrix confusion)
    {
        var confusions = new Confusions(confusion, "videos");
        yield return new Details(
            "Confusions",
            confusion.Classes.Length <= Confusions.LargestOnPage
                ? "Rows are the true classes and columns the predicted classes. The shade is the share of the row."
                : $"The most frequent confusions among {confusion.Classes.Length} classes."
        );
        yield return confusions;
    }

    /// <summary>Lists the accuracies of classes for the JSON object.</summary>
    /// <param name="classes">The accuracies.</param>
    public static IEnumerable<object> ToJson(ImmutableArray<ClassAccuracy> classes) =>
        classes.Select(each => new
        {
            name = each.Name,
            videos = each.Videos,
            accuracy = each.Accuracy,
            interval = JsonWriter.Pair(each.Interval),
        });

    /// <summary>Returns for each video whether it was classified correctly, for the JSON object.</summary>
    /// <typeparam name="T">The type of the verdicts.</typeparam>
    /// <param name="videos">The names of the videos.</param>
    /// <param name="correct">The verdicts, in the same order.</param>
    public static IReadOnlyDictionary<string, T> ToJson<T>(IEnumerable<string> videos, IEnumerable<T> correct) =>
        videos.Zip(correct).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
}
