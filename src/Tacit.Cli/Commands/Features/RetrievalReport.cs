using System.Globalization;
using Spectre.Console;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Inference.Contracts;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Features;

/// <summary>What an encoder retrieved, as facts and as an object.</summary>
internal sealed record RetrievalReport(
    EncodedVideos Videos,
    EvaluationOptions Options,
    RetrievalResult Result,
    string? Neighbours,
    TimeSpan Elapsed
)
{
    /// <summary>Recalls as --json has them.</summary>
    public static IEnumerable<object> ToJson(IEnumerable<Recall> recalls) =>
        recalls.Select(recall => new
        {
            k = recall.K,
            percent = recall.Percent,
            interval = JsonOutput.Pair(recall.Interval),
            chance = recall.Chance,
        });

    /// <summary>The object of --json; shares are in percent.</summary>
    public object ToJson() =>
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
            preprocessing = new ModelMetadata { Clips = Videos.Preprocessing }.ToProperties(),
            neighbours = Neighbours,
            threads = Videos.Threads,
            seconds = Elapsed.TotalSeconds,
        };

    /// <summary>Writes a table and facts.</summary>
    public void Write(IAnsiConsole console)
    {
        var table = new Table()
            .Border(TableBorder.Simple)
            .AddColumn("among the nearest")
            .AddColumn(new TableColumn("class found").RightAligned())
            .AddColumn(new TableColumn("95 % interval").RightAligned())
            .AddColumn(new TableColumn("by chance").RightAligned());
        foreach (var recall in Result.Recalls)
        {
            table.AddRow(
                new Text($"{recall.K}"),
                new Text(Format.Percent(recall.Percent)),
                new Text(Format.Range(recall.Interval)),
                new Text(Format.Percent(recall.Chance))
            );
        }

        console.Write(table);
        var facts = new FactList()
            .Add("by", $"cosine of the mean features of {Videos.Clips} clips, {Videos.Features.Dimension} numbers")
            .Add(
                "searched",
                $"{Format.Count(Result.Queries)} videos of {Format.Count(Result.Sources)} sources, among {Format.Count(Result.Gallery)} others{(Result.IsGivenDivision ? "" : $", {Format.Folds(Options)}")}"
            )
            .Add("time", Format.Time(Elapsed));
        if (Neighbours is not null)
        {
            facts.Add("found", Files.Shown(Neighbours));
        }

        facts.Write(console);
    }
}
