using Spectre.Console;
using Tacit.Cli.Output;
using Tacit.Inference.Contracts;
using Tacit.Inference.Metrics;

namespace Tacit.Cli.Commands.Evaluate;

/// <summary>The result of an evaluation on images, as tables and as an object.</summary>
internal sealed record Evaluation(
    string Model,
    string Data,
    EvaluationResult Result,
    NetworkComparison? Against,
    int Threads,
    TimeSpan Elapsed
)
{
    /// <summary>The object of --json; shares are in percent.</summary>
    public object ToJson() =>
        new
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
            preprocessing = new ModelMetadata { Images = Result.Preprocessing }.ToProperties(),
            classes = Result.Confusion.Classes,
            confusion = ConfusionTable.ToJson(Result.Confusion),
            against = Against?.ToJson(),
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
            facts.Add("latency", Format.Latency(latency, "image", Threads));
        }

        Against?.AddTo(facts);
        facts.Add("prepared", Result.Preprocessing.ToString());
        facts.Write(console);
        console.WriteLine();
        ConfusionTable.Write(console, Result.Confusion, "images");
    }

    private static string Share(double percent, Interval interval) =>
        $"{Format.Percent(percent)}  (95 % interval {Format.Range(interval)})";
}
