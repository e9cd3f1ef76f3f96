using System.Globalization;
using Spectre.Console;
using Tacit.Cli.CommandLine;
using Tacit.Cli.Rendering;
using Tacit.Learning.Protocols;

namespace Tacit.Cli.Verbs;

/// <summary>What an encoder retrieved, as facts and as an object.</summary>
internal sealed record RetrievalReport(EncodedVideos Videos, EvaluationOptions Options, RetrievalResult Result, string? Neighbours, TimeSpan Elapsed)
{
    /// <summary>Writes it to standard output.</summary>
    public void Show(Terminal terminal, bool json)
    {
        if (json)
        {
            JsonOutput.Write(terminal.Output, ToJson());
        }
        else
        {
            Write(terminal.OutputConsole);
        }
    }

    private object ToJson() => new
    {
        encoder = Videos.Encoder,
        data = Videos.Data,
        recall = Result.Recalls.Select(recall => new
        {
            k = recall.K,
            percent = recall.Percent,
            interval = JsonOutput.Pair(recall.Interval),
            chance = recall.Chance,
        }),
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
        preprocessing = Videos.Preprocessing.ToMetadata(),
        neighbours = Neighbours,
        threads = Videos.Threads,
        seconds = Elapsed.TotalSeconds,
    };

    private void Write(IAnsiConsole console)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("among the nearest")
            .AddColumn(new TableColumn("class found").RightAligned())
            .AddColumn(new TableColumn("95 % interval").RightAligned())
            .AddColumn(new TableColumn("by chance").RightAligned());
        foreach (var recall in Result.Recalls)
        {
            table.AddRow(new Text($"{recall.K}"), new Text(Format.Percent(recall.Percent)), new Text(Format.Range(recall.Interval)), new Text(Format.Percent(recall.Chance)));
        }

        console.Write(table);
        var facts = new FactList().Add("by", $"cosine of the mean features of {Videos.Clips} clips, {Videos.Features.Dimension} numbers")
            .Add("searched", $"{Format.Count(Result.Queries)} videos of {Format.Count(Result.Sources)} sources, among {Format.Count(Result.Gallery)} others{Division()}")
            .Add("time", Format.Time(Elapsed));
        if (Neighbours is not null)
        {
            facts.Add("found", Files.Shown(Neighbours));
        }

        facts.Write(console);
    }

    private string Division() => Result.IsGivenDivision ? "" : $", in {Options.Folds} folds by source, {(Options.Repeats == 1 ? "once" : $"{Options.Repeats} times")}";
}
