using System.Globalization;
using Spectre.Console;
using Tacit.Cli.Rendering;
using Tacit.Inference.Metrics;

namespace Tacit.Cli.Verbs;

/// <summary>The result of an evaluation, as tables and as an object.</summary>
internal sealed record Evaluation(string Model, string Data, EvaluationResult Result, int Threads, TimeSpan Elapsed)
{
    /// <summary>Classes up to which the confusion matrix is a table; beyond, the commonest confusions are listed.</summary>
    public const int LargestTable = 20;

    /// <summary>Classes up to which the confusion matrix is part of the object.</summary>
    public const int LargestJson = 200;

    private const int ConfusionsShown = 10;

    /// <summary>The object of --json; shares are in percent.</summary>
    public object ToJson() => new
    {
        model = Model,
        data = Data,
        images = Result.Images,
        skipped = Result.Skipped.Count,
        top1 = Result.Top1,
        top1_interval = new[] { Result.Top1Interval.Low, Result.Top1Interval.High },
        top5 = Result.Top5,
        top5_interval = new[] { Result.Top5Interval.Low, Result.Top5Interval.High },
        latency_ms = Result.Latency?.Median,
        latency_p90_ms = Result.Latency?.P90,
        threads = Threads,
        seconds = Elapsed.TotalSeconds,
        preprocessing = Result.Preprocessing.ToMetadata(),
        classes = Result.Confusion.Classes,
        confusion = Result.Confusion.Classes.Length <= LargestJson ? Matrix(Result.Confusion) : null,
    };

    /// <summary>Writes figures and confusions.</summary>
    public void Write(IAnsiConsole console)
    {
        var facts = new FactList();
        facts.Add("top-1", Share(Result.Top1, Result.Top1Interval));
        facts.Add("top-5", Share(Result.Top5, Result.Top5Interval));
        var skipped = Result.Skipped.Count > 0 ? $", {Result.Skipped.Count} unreadable ones left out" : "";
        facts.Add("images", $"{Format.Count(Result.Images)} in {Result.Confusion.Classes.Length} classes{skipped}");
        if (Result.Latency is { } latency)
        {
            facts.Add("latency", string.Create(
                CultureInfo.InvariantCulture,
                $"{latency.Median:0.000} ms for one image (median of {latency.Runs}; nine of ten below {latency.P90:0.000} ms; {ThreadText()})"));
        }

        facts.Add("prepared", Result.Preprocessing.ToString());
        facts.Write(console);
        console.WriteLine();
        if (Result.Confusion.Classes.Length <= LargestTable)
        {
            console.Write(Table(Result.Confusion));
        }
        else
        {
            WriteCommonest(console, Result.Confusion);
        }
    }

    private string ThreadText() => Threads switch { 0 => "a thread per core", 1 => "1 thread", _ => $"{Threads} threads" };

    private static string Share(double percent, Interval interval) =>
        string.Create(CultureInfo.InvariantCulture, $"{percent:0.00} %  (95 % interval {interval.Low:0.0} to {interval.High:0.0})");

    private static Table Table(ConfusionMatrix confusion)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn(new Text("is \\ taken for")));
        foreach (var name in confusion.Classes)
        {
            table.AddColumn(new TableColumn(new Text(Short(name))).RightAligned().Padding(0, 0, 1, 0));
        }

        for (var actual = 0; actual < confusion.Classes.Length; actual++)
        {
            var row = new List<Text> { new(confusion.Classes[actual]) };
            for (var predicted = 0; predicted < confusion.Classes.Length; predicted++)
            {
                var count = confusion[actual, predicted];
                row.Add(new Text(count == 0 ? "·" : $"{count}", actual == predicted ? new Style(decoration: Decoration.Bold) : Style.Plain));
            }

            table.AddRow(row);
        }

        return table;
    }

    private static void WriteCommonest(IAnsiConsole console, ConfusionMatrix confusion)
    {
        var classes = Enumerable.Range(0, confusion.Classes.Length);
        var worst = classes.SelectMany(actual => classes.Where(predicted => predicted != actual).Select(predicted => (actual, predicted, count: confusion[actual, predicted])))
            .Where(cell => cell.count > 0).OrderByDescending(cell => cell.count).Take(ConfusionsShown);
        var table = new Table().Border(TableBorder.Simple).AddColumn("is").AddColumn("taken for").AddColumn(new TableColumn("images").RightAligned());
        foreach (var (actual, predicted, count) in worst)
        {
            table.AddRow(new Text(confusion.Classes[actual]), new Text(confusion.Classes[predicted]), new Text($"{count}"));
        }

        console.Write(table);
    }

    private static long[][] Matrix(ConfusionMatrix confusion)
    {
        var classes = Enumerable.Range(0, confusion.Classes.Length).ToArray();
        return [.. classes.Select(actual => classes.Select(predicted => confusion[actual, predicted]).ToArray())];
    }

    private static string Short(string name) => name.Length <= 6 ? name : name[..6];
}
