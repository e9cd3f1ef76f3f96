using System.Collections.Immutable;
using System.Globalization;
using Spectre.Console;
using Tacit.Cli.Output;
using Tacit.Inference.Contracts;
using Tacit.Inference.Metrics;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Features;

/// <summary>By what features are judged.</summary>
/// <param name="Name">As the object of --json has it.</param>
/// <param name="Description">As people read it.</param>
/// <param name="K">The neighbours, where there are some.</param>
/// <param name="Vote">How they vote.</param>
/// <param name="Lambda">The weight of the penalty, where it was given.</param>
internal sealed record JudgingMethod(string Name, string Description, int? K = null, string? Vote = null, double? Lambda = null);

/// <summary>How an encoder was judged, as facts and as an object.</summary>
internal sealed record Judgement(
    EncodedVideos Videos,
    JudgingMethod Method,
    EvaluationOptions Options,
    FeatureEvaluationResult Result,
    ImmutableArray<Recall> Recalls,
    TimeSpan Elapsed
)
{
    /// <summary>The object of --json; shares are in percent.</summary>
    public object ToJson() =>
        new
        {
            encoder = Videos.Encoder,
            data = Videos.Data,
            method = Method.Name,
            k = Method.K,
            vote = Method.Vote,
            lambda = Method.Lambda,
            accuracy = Result.Accuracy,
            accuracy_interval = JsonOutput.Pair(Result.Interval),
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
            classes = Result.Classes.Select(each => new
            {
                name = each.Name,
                videos = each.Videos,
                accuracy = each.Accuracy,
                interval = JsonOutput.Pair(each.Interval),
            }),
            recall = RetrievalReport.ToJson(Recalls),
            correct = Result.Videos.Zip(Result.Correct).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal),
            clips = Videos.Clips,
            dimension = Videos.Features.Dimension,
            preprocessing = new ModelMetadata { Clips = Videos.Preprocessing }.ToProperties(),
            threads = Videos.Threads,
            seconds = Elapsed.TotalSeconds,
        };

    /// <summary>Writes facts and classes.</summary>
    public void Write(IAnsiConsole console)
    {
        var clip = Videos.Preprocessing;
        var facts = new FactList();
        facts.Add("accuracy", $"{Format.Percent(Result.Accuracy)}  ({Format.Interval(Result.Interval, Result.Sources)})");
        facts.Add("chance", $"{Format.Percent(Result.Chance)}  (always the commonest class)");
        if (!Recalls.IsEmpty)
        {
            facts.Add(
                "recall",
                string.Join(
                    ", ",
                    Recalls.Select(recall => string.Create(CultureInfo.InvariantCulture, $"@{recall.K} {recall.Percent:0.0} %"))
                )
            );
        }

        facts.Add("by", Method.Description);
        facts.Add("tested", Tested());
        if (Result.SharedSources > 0)
        {
            facts.Add(
                "careful",
                $"{Format.Count(Result.SharedSources, "source")} on both sides of the division: what is tested was in part seen"
            );
        }

        facts.Add(
            "clips",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Videos.Clips} of each video, {clip.Frames} frames {Stride()}of {clip.Size} x {clip.Size}, to {Videos.Features.Dimension} features"
            )
        );
        facts.Add("time", Format.Time(Elapsed));
        facts.Write(console);
        console.WriteLine();
        console.Write(ClassTable.Of(Result.Classes));
    }

    /// <summary>What was tested and by what division.</summary>
    public string Tested()
    {
        var division = Result.IsGivenDivision ? $"learnt from {Format.Count(Result.TrainingVideos)} others" : Format.Folds(Options);
        var unreadable = Videos.Unreadable > 0 ? $"; {Videos.Unreadable} unreadable ones left out" : "";
        return $"{Format.Count(Result.Videos.Length)} videos of {Format.Count(Result.Sources, "source")}, {division}{unreadable}";
    }

    private string Stride() => Videos.Preprocessing.Stride == 1 ? "" : $"{Videos.Preprocessing.Stride} apart ";
}
