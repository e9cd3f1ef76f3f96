using Tacit.Cli.Output;
using Tacit.Inference.Contracts;
using Tacit.Inference.Metrics;

namespace Tacit.Cli.Commands.Evaluate;

/// <summary>Creates the report on the evaluation of a classifier on images.</summary>
/// <remarks>
/// JSON fields: <c>top1</c> and <c>top5</c> in percent, <c>top1_interval</c> and <c>top5_interval</c> as [low, high] of the 95 % interval;
/// <c>chance</c> is the accuracy of always predicting the most frequent class, in percent;
/// <c>images</c> is the number of evaluated images and <c>skipped</c> that of unreadable ones; <c>latency_ms</c> and <c>latency_p90_ms</c>
/// are the median and the 90th percentile for one image, null if they were not measured; <c>seconds</c> is the duration of the evaluation;
/// <c>preprocessing</c> has the keys of the file metadata; <c>confusion</c> is the matrix of counts, true class by predicted class, null
/// for more than 200 classes; <c>against</c> is the object of <see cref="NetworkComparison.ToJson"/>, or null.
/// </remarks>
/// <param name="Model">The name of the network, as shown.</param>
/// <param name="Data">The path of the images.</param>
/// <param name="Result">The result.</param>
/// <param name="Against">The comparison with another network; null if --against is not given.</param>
/// <param name="Threads">The number of threads; 0 for one per core.</param>
/// <param name="Elapsed">The duration of the whole evaluation, including that of the other network.</param>
internal sealed record ImageEvaluationReport(
    string Model,
    string Data,
    EvaluationResult Result,
    NetworkComparison? Against,
    int Threads,
    TimeSpan Elapsed
)
{
    /// <summary>Creates the report: accuracies, latency, comparison and preprocessing, then the confusions.</summary>
    public Report Create()
    {
        var skipped = Result.Skipped.Count > 0 ? $", {Result.Skipped.Count} unreadable ones left out" : "";
        return new Report(
            ToJson(),
            new FactList()
                .Add("top-1", Share(Result.Top1, Result.Top1Interval))
                .Add([ClassificationReport.Chance(Result.Chance)])
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

    /// <summary>Returns the JSON object. Accuracies are in percent, latencies in milliseconds.</summary>
    private object ToJson() =>
        new
        {
            model = Model,
            data = Data,
            images = Result.Images,
            skipped = Result.Skipped.Count,
            top1 = Result.Top1,
            top1_interval = JsonWriter.Pair(Result.Top1Interval),
            chance = Result.Chance,
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
