using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Features;

/// <summary>Creates the report on the retrieval of videos by an encoder.</summary>
/// <remarks>
/// JSON fields: <c>recall</c> has one object for each k, see <see cref="ToJson"/>; <c>division</c> is "given" or "cross-validation";
/// <c>folds</c>, <c>repeats</c> and <c>seed</c> are null for a given division; <c>queries</c> is the number of test videos and
/// <c>gallery</c> the number of videos searched for each; <c>neighbours</c> is the path of the CSV file, or null; <c>dimension</c> is the
/// length D of the features; <c>seconds</c> is the duration.
/// </remarks>
/// <param name="Videos">The encoded videos.</param>
/// <param name="Options">How the videos were divided into queries and gallery.</param>
/// <param name="Result">The result.</param>
/// <param name="Neighbours">The path of the CSV file with the neighbours of each video; null if none was written.</param>
/// <param name="Elapsed">The duration of the whole evaluation, including encoding.</param>
internal sealed record RetrievalReport(
    EncodedVideos Videos,
    EvaluationOptions Options,
    RetrievalResult Result,
    string? Neighbours,
    TimeSpan Elapsed
)
{
    /// <summary>Creates the report: the table of recalls, then the facts.</summary>
    public Report Create() => new(Data(), Table(Result.Recalls), Facts());

    /// <summary>Creates a table of recalls in percent, with their 95 % intervals and the recall of a random order.</summary>
    /// <param name="recalls">The recalls, one for each k.</param>
    public static ReportTable Table(IEnumerable<Recall> recalls) =>
        new(
            ["among the nearest", .. Column.Numbers("class found", "95 % interval", "by chance")],
            recalls.Select(recall =>
                new[] { $"{recall.K}", Format.Percent(recall.Percent), Format.Range(recall.Interval), Format.Percent(recall.Chance) }
            )
        );

    /// <summary>Lists recalls for the JSON object.</summary>
    /// <param name="recalls">The recalls, one for each k.</param>
    /// <returns>
    /// Objects with <c>k</c>, <c>percent</c> (the share of queries with a video of their class among the k nearest), <c>interval</c> as
    /// [low, high] or null, and <c>chance</c> (the percentage for a random order).
    /// </returns>
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

    /// <summary>Returns the JSON object. Recalls are in percent.</summary>
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
