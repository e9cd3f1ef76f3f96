using System.Globalization;
using Tacit.Cli.Output;
using Tacit.Inference.Contracts;
using Tacit.Inference.Metrics;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Evaluate;

/// <summary>Creates the report on the evaluation of a classifier on videos.</summary>
/// <remarks>
/// JSON fields: <c>top1</c> and <c>top5</c> in percent with 95 % intervals as [low, high]; an interval is null if all videos come from one
/// source; <c>chance</c> is the accuracy of always predicting the most frequent class, in percent; <c>split</c> is null for the whole set;
/// <c>clips</c> is the largest number of clips of a video; <c>latency_ms</c> and <c>latency_p90_ms</c> are the median and the 90th
/// percentile for one clip; <c>seconds</c> is the duration of the evaluation; <c>by_class</c> lists the accuracy of each class;
/// <c>confusion</c> is the matrix of counts, null for more than 200 classes; <c>correct</c> maps the name of each video to whether it was
/// classified correctly.
/// </remarks>
internal sealed record VideoEvaluationReport
{
    /// <summary>The name of the network, as shown.</summary>
    public required string Model { get; init; }

    /// <summary>The path of the set of videos.</summary>
    public required string Data { get; init; }

    /// <summary>The part of the set that was tested, such as "test"; null for the whole set.</summary>
    public required string? Split { get; init; }

    /// <summary>The accuracies, the confusions and the prediction for each video.</summary>
    public required VideoClassificationResult Result { get; init; }

    /// <summary>The preprocessing of clips: frames, stride, size and normalisation.</summary>
    public required ClipPreprocessing Preprocessing { get; init; }

    /// <summary>The largest number of clips of a video.</summary>
    public required int Clips { get; init; }

    /// <summary>The number of clips that were read, prepared and run per second. Decoding into a cache beforehand does not count.</summary>
    public required double ClipsPerSecond { get; init; }

    /// <summary>The duration of one run of the network on a single clip, in milliseconds, without reading.</summary>
    public required Latency Latency { get; init; }

    /// <summary>The number of videos of the tested part that could not be read. They are left out of all figures.</summary>
    public required int Unreadable { get; init; }

    /// <summary>The comparison with another network; null if --against is not given.</summary>
    public required NetworkComparison? Against { get; init; }

    /// <summary>The number of threads; 0 for one per core.</summary>
    public required int Threads { get; init; }

    /// <summary>The duration of the whole evaluation, including decoding and the other network.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>
    /// Creates the report: accuracies, comparison, tested videos and speed, then the accuracy of each class and the confusions.
    /// </summary>
    public Report Create()
    {
        var unreadable = Unreadable > 0 ? $"; {Unreadable} unreadable ones left out" : "";
        var part = Split is null ? "the whole set" : $"the part {Split}";
        return new Report(
            ToJson(),
            [
                new FactList()
                    .Add(ClassificationReport.Accuracy("top-1", Result.Top1, Result.Top1Interval, Result.Chance, Result.Sources))
                    .Add("top-5", $"{Format.Percent(Result.Top5)}  ({Format.Interval(Result.Top5Interval, Result.Sources)})")
                    .Add(Against?.Facts() ?? [])
                    .Add(
                        "tested",
                        $"{Format.Count(Result.Videos.Length, "video")} of {Format.Count(Result.Sources, "source")}, {part}{unreadable}"
                    )
                    .Add("clips", Format.Clips(Clips, Preprocessing))
                    .Add("latency", Format.Latency(Latency, "clip", Threads))
                    .Add("speed", string.Create(CultureInfo.InvariantCulture, $"{ClipsPerSecond:0.0} clips a second, read and run"))
                    .Add("time", Format.Time(Elapsed)),
                .. ClassificationReport.Blocks(Result.Confusion, Result.Classes, Result.Videos.Length, Result.Sources),
            ]
        );
    }

    /// <summary>Returns the JSON object. Accuracies are in percent, latencies in milliseconds.</summary>
    private object ToJson() =>
        new
        {
            model = Model,
            data = Data,
            split = Split,
            videos = Result.Videos.Length,
            sources = Result.Sources,
            unreadable = Unreadable,
            top1 = Result.Top1,
            top1_interval = JsonWriter.Pair(Result.Top1Interval),
            top5 = Result.Top5,
            top5_interval = JsonWriter.Pair(Result.Top5Interval),
            chance = Result.Chance,
            against = Against?.ToJson(),
            clips = Clips,
            clips_per_second = ClipsPerSecond,
            latency_ms = Latency.Median,
            latency_p90_ms = Latency.P90,
            threads = Threads,
            seconds = Elapsed.TotalSeconds,
            preprocessing = new ModelMetadata { Clips = Preprocessing }.ToProperties(),
            by_class = ClassificationReport.ToJson(Result.Classes),
            classes = Result.Confusion.Classes,
            confusion = Confusions.ToJson(Result.Confusion),
            correct = ClassificationReport.ToJson(Result.Videos, Result.Correct),
        };
}
