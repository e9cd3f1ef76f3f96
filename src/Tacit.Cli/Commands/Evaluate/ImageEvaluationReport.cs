using Tacit.Cli.Output;
using Tacit.Inference.Contracts;
using Tacit.Inference.Metrics;

namespace Tacit.Cli.Commands.Evaluate;

/// <summary>Creates the report on the evaluation of a classifier on images.</summary>
/// <param name="Model">The network.</param>
/// <param name="Data">The images.</param>
/// <param name="Result">The result.</param>
/// <param name="Against">The comparison with another network; null if there is none.</param>
/// <param name="Threads">The number of threads; 0 for one per core.</param>
/// <param name="Elapsed">The time of the whole evaluation.</param>
internal sealed record ImageEvaluationReport(
    string Model,
    string Data,
    EvaluationResult Result,
    NetworkComparison? Against,
    int Threads,
    TimeSpan Elapsed
)
{
    /// <summary>Creates the report.</summary>
    public Report Create()
    {
        var skipped = Result.Skipped.Count > 0 ? $", {Result.Skipped.Count} unreadable ones left out" : "";
        return new Report(
            ToJson(),
            new FactList()
                .Add("top-1", Share(Result.Top1, Result.Top1Interval))
                .Add("top-5", Share(Result.Top5, Result.Top5Interval))
                .Add("images", $"{Format.Count(Result.Images)} in {Result.Confusion.Classes.Length} classes{skipped}")
                .Add("latency", Result.Latency is { } latency ? Format.Latency(latency, "image", Threads) : null)
                .Add(Against?.Facts() ?? [])
                .Add("prepared", Result.Preprocessing.ToString()),
            new Confusions(Result.Confusion, "images")
        );
    }

    private static string Share(double percent, Interval interval) =>
        $"{Format.Percent(percent)}  (95 % interval {Format.Range(interval)})";

    // Shares are in percent.
    private object ToJson() =>
        new
        {
            model = Model,
            data = Data,
            images = Result.Images,
            skipped = Result.Skipped.Count,
            top1 = Result.Top1,
            top1_interval = JsonWriter.Pair(Result.Top1Interval),
            top5 = Result.Top5,
            top5_interval = JsonWriter.Pair(Result.Top5Interval),
            latency_ms = Result.Latency?.Median,
            latency_p90_ms = Result.Latency?.P90,
            threads = Threads,
            seconds = Elapsed.TotalSeconds,
            preprocessing = new ModelMetadata { Images = Result.Preprocessing }.ToProperties(),
            classes = Result.Confusion.Classes,
            confusion = Confusions.ToJson(Result.Confusion),
            against = Against?.ToJson(),
        };
}
