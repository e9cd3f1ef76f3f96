using System.Globalization;
using Tacit.Cli.Output;
using Tacit.Inference.Contracts;
using Tacit.Inference.Metrics;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Evaluate;

/// <summary>Creates the report on the evaluation of a classifier on videos.</summary>
internal sealed record VideoEvaluationReport
{
    /// <summary>The network.</summary>
    public required string Model { get; init; }

    /// <summary>The set of videos.</summary>
    public required string Data { get; init; }

    /// <summary>The part of the set that was tested; null for the whole set.</summary>
    public required string? Split { get; init; }

    /// <summary>The result.</summary>
    public required VideoClassificationResult Result { get; init; }

    /// <summary>How clips were prepared.</summary>
    public required ClipPreprocessing Preprocessing { get; init; }

    /// <summary>The largest number of clips of a video.</summary>
    public required int Clips { get; init; }

    /// <summary>The number of clips that were read and run in a second.</summary>
    public required double ClipsPerSecond { get; init; }

    /// <summary>The time of a run of the network on one clip.</summary>
    public required Latency Latency { get; init; }

    /// <summary>The number of videos that could not be read.</summary>
    public required int Unreadable { get; init; }

    /// <summary>The comparison with another network; null if there is none.</summary>
    public required NetworkComparison? Against { get; init; }

    /// <summary>The number of threads; 0 for one per core.</summary>
    public required int Threads { get; init; }

    /// <summary>The time of the whole evaluation.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Creates the report.</summary>
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

    // Shares are in percent.
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
