using System.Collections.Immutable;
using System.Globalization;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Features;

/// <summary>Describes the classifier with which features are evaluated.</summary>
/// <param name="Name">The name in the JSON object, "knn" or "linear probe".</param>
/// <param name="Description">The description in the report.</param>
/// <param name="K">The number of neighbours that vote; null for other classifiers.</param>
/// <param name="Vote">How neighbours vote, "weighted" or "majority"; null for other classifiers.</param>
/// <param name="Lambda">
/// The weight of the L2 penalty from --lambda; null if it is chosen within the training videos, and for other classifiers.
/// </param>
internal sealed record FeatureClassifier(string Name, string Description, int? K = null, string? Vote = null, double? Lambda = null);

/// <summary>Creates the report on the evaluation of an encoder with a classifier of its features.</summary>
/// <remarks>
/// <para>
/// JSON fields: <c>accuracy</c>, <c>chance</c> and <c>repeat_accuracies</c> in percent, <c>accuracy_interval</c> as [low, high] of the 95 %
/// interval, null if all videos come from one source; <c>division</c> is "given" or "cross-validation"; <c>folds</c>, <c>repeats</c> and
/// <c>seed</c> are null for a given division; <c>shared_sources</c> is the number of sources in both training and test videos;
/// <c>recall</c> has one object for each k, see <see cref="RetrievalReport.ToJson"/>; <c>correct</c> maps the name of each video to whether
/// it was classified correctly; <c>dimension</c> is the length D of the features; <c>seconds</c> is the duration.
/// </para>
/// </remarks>
/// <param name="Videos">The encoded videos.</param>
/// <param name="Classifier">The classifier.</param>
/// <param name="Options">How the videos were divided.</param>
/// <param name="Result">The result.</param>
/// <param name="Recalls">The recalls of retrieval; empty if they were not measured.</param>
/// <param name="Elapsed">The duration of the whole evaluation, including encoding.</param>
internal sealed record FeatureEvaluationReport(
    EncodedVideos Videos,
    FeatureClassifier Classifier,
    EvaluationOptions Options,
    FeatureEvaluationResult Result,
    ImmutableArray<Recall> Recalls,
    TimeSpan Elapsed
)
{
    /// <summary>Creates the report: facts, recalls, the accuracy of each class and the confusions.</summary>
    public Report Create() =>
        new(
            Data(),
            [
                Facts(),
                .. Recalls.IsEmpty ? Array.Empty<ReportBlock>() : [new Details("Recall", null, RetrievalReport.Table(Recalls))],
                .. ClassificationReport.Classes(Result.Classes, Result.Videos.Length, Result.Sources),
                new Details(null, null, [.. ClassificationReport.Confusion(Result.Confusion)]),
            ]
        )
        {
            Title = $"{Files.NameOf(Videos.Data)}: {Classifier.Name} of {Path.GetFileName(Videos.Encoder)}",
        };

    private FactList Facts() =>
        new FactList()
            .Add(ClassificationReport.Accuracy("accuracy", Result.Accuracy, Result.Interval, Result.Chance, Result.Sources))
            .Add(
                "recall",
                Recalls.IsEmpty
                    ? null
                    : string.Join(
                        ", ",
                        Recalls.Select(recall => string.Create(CultureInfo.InvariantCulture, $"@{recall.K} {recall.Percent:0.0} %"))
                    )
            )
            .Add("by", Classifier.Description)
            .Add("encoder", Files.Shown(Videos.Encoder))
            .Add("tested", Tested())
            .Add("warning", ClassificationReport.Shared(Result.SharedSources))
            .Add("clips", $"{Format.Clips(Videos.Clips, Videos.Preprocessing)}, to {Videos.Features.Dimension} features")
            .Add("time", Format.Time(Elapsed));

    /// <summary>Describes the tested videos and their division.</summary>
    private string Tested()
    {
        var division = Result.IsGivenDivision ? $"trained on {Format.Count(Result.TrainingVideos)} others" : Format.Folds(Options);
        var unreadable = Videos.Unreadable > 0 ? $"; {Videos.Unreadable} unreadable ones left out" : "";
        return $"{Format.Count(Result.Videos.Length)} videos of {Format.Count(Result.Sources, "source")}, {division}{unreadable}";
    }

    /// <summary>Returns the JSON object. Accuracies and recalls are in percent.</summary>
    private object Data() =>
        new
        {
            encoder = Videos.Encoder,
            data = Videos.Data,
            method = Classifier.Name,
            k = Classifier.K,
            vote = Classifier.Vote,
            lambda = Classifier.Lambda,
            accuracy = Result.Accuracy,
            accuracy_interval = JsonWriter.Pair(Result.Interval),
            chance = Result.Chance,
            division = Result.IsGivenDivision ? "given" : "cross-validation",
            folds = Result.IsGivenDivision ? (int?)null : Options.Folds,
            repeats = Result.IsGivenDivision ? (int?)null : Options.Repeats,
            seed = Result.IsGivenDivision ? (ulong?)null : Options.Seed,
            repeat_accuracies = Result.Repeats,
            videos = Result.Videos.Length,
            sources = Result.Sources,
            training_videos = Result.TrainingVideos,
            shared_sources = Result.SharedSources,
            unreadable = Videos.Unreadable,
            classes = ClassificationReport.ToJson(Result.Classes),
            recall = RetrievalReport.ToJson(Recalls),
            correct = ClassificationReport.ToJson(Result.Videos, Result.Correct),
            clips = Videos.Clips,
            dimension = Videos.Features.Dimension,
            preprocessing = Videos.PreparationData(),
            threads = Videos.Threads,
            seconds = Elapsed.TotalSeconds,
        };
}
