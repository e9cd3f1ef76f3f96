using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Features;

/// <summary>Creates the report on the retrieval of videos by an encoder.</summary>
/// <param name="Videos">The encoded videos.</param>
/// <param name="Options">How the videos were divided.</param>
/// <param name="Result">The result.</param>
/// <param name="Neighbours">The file with the neighbours of each video; null if none was written.</param>
/// <param name="Elapsed">The time of the whole evaluation.</param>
internal sealed record RetrievalReport(
    EncodedVideos Videos,
    EvaluationOptions Options,
    RetrievalResult Result,
    string? Neighbours,
    TimeSpan Elapsed
)
{
    /// <summary>Creates the report.</summary>
    public Report Create() => new(Data(), Table(Result.Recalls), Facts());

    /// <summary>Shows recalls with their intervals and what chance reaches.</summary>
    /// <param name="recalls">The recalls.</param>
    public static ReportTable Table(IEnumerable<Recall> recalls) =>
        new(
            ["among the nearest", .. Column.Numbers("class found", "95 % interval", "by chance")],
            recalls.Select(recall =>
                new[] { $"{recall.K}", Format.Percent(recall.Percent), Format.Range(recall.Interval), Format.Percent(recall.Chance) }
            )
        );

    /// <summary>Lists recalls for the JSON object.</summary>
    /// <param name="recalls">The recalls.</param>
    public static IEnumerable<object> ToJson(IEnumerable<Recall> recalls) =>
        recalls.Select(recall => new
        {
            k = recall.K,
            percent = recall.Percent,
            interval = JsonWriter.Pair(recall.Interval),
            chance = recall.Chance,
        });

    private FactList Facts() =>
        new FactList()
            .Add("by", $"cosine of the mean features of {Videos.Clips} clips, {Videos.Features.Dimension} numbers")
            .Add(
                "searched",
                $"{Format.Count(Result.Queries)} videos of {Format.Count(Result.Sources)} sources, among {Format.Count(Result.Gallery)} others{(Result.IsGivenDivision ? "" : $", {Format.Folds(Options)}")}"
            )
            .Add("time", Format.Time(Elapsed))
            .Add("found", Neighbours is null ? null : Files.Shown(Neighbours));

    // Shares are in percent.
    private object Data() =>
        new
        {
            encoder = Videos.Encoder,
            data = Videos.Data,
            recall = ToJson(Result.Recalls),
            division = Result.IsGivenDivision ? "given" : "cross-validation",
            folds = Result.IsGivenDivision ? (int?)null : Options.Folds,
            repeats = Result.IsGivenDivision ? (int?)null : Options.Repeats,
            seed = Result.IsGivenDivision ? (ulong?)null : Options.Seed,
            queries = Result.Queries,
            gallery = Result.Gallery,
            sources = Result.Sources,
            unreadable = Videos.Unreadable,
            clips = Videos.Clips,
            dimension = Videos.Features.Dimension,
            preprocessing = Videos.PreparationData(),
            neighbours = Neighbours,
            threads = Videos.Threads,
            seconds = Elapsed.TotalSeconds,
        };
}
