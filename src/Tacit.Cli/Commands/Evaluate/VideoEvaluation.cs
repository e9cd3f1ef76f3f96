using System.Globalization;
using Spectre.Console;
using Tacit.Cli.Output;
using Tacit.Inference.Contracts;
using Tacit.Inference.Metrics;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Evaluate;

/// <summary>The result of an evaluation on videos, as tables and as an object.</summary>
/// <param name="Model">The network.</param>
/// <param name="Data">The set.</param>
/// <param name="Split">The part of it that was tested; null for all.</param>
/// <param name="Result">How well its classes are found.</param>
/// <param name="Preprocessing">How clips were prepared.</param>
/// <param name="Clips">The most clips of a video.</param>
/// <param name="ClipsPerSecond">How fast clips were read and run.</param>
/// <param name="Latency">The time of a run of the network on one clip.</param>
/// <param name="Unreadable">Videos left out.</param>
/// <param name="Against">How it compares with another network.</param>
/// <param name="Threads">The threads that ran; 0 for one per core.</param>
/// <param name="Elapsed">How long all of it took.</param>
internal sealed record VideoEvaluation(
    string Model,
    string Data,
    string? Split,
    VideoClassificationResult Result,
    ClipPreprocessing Preprocessing,
    int Clips,
    double ClipsPerSecond,
    Latency Latency,
    int Unreadable,
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
            split = Split,
            videos = Result.Videos.Length,
            sources = Result.Sources,
            unreadable = Unreadable,
            top1 = Result.Top1,
            top1_interval = JsonOutput.Pair(Result.Top1Interval),
            top5 = Result.Top5,
            top5_interval = JsonOutput.Pair(Result.Top5Interval),
            chance = Result.Chance,
            against = Against?.ToJson(),
            clips = Clips,
            clips_per_second = ClipsPerSecond,
            latency_ms = Latency.Median,
            latency_p90_ms = Latency.P90,
            threads = Threads,
            seconds = Elapsed.TotalSeconds,
            preprocessing = new ModelMetadata { Clips = Preprocessing }.ToProperties(),
            by_class = Result.Classes.Select(each => new
            {
                name = each.Name,
                videos = each.Videos,
                accuracy = each.Accuracy,
                interval = JsonOutput.Pair(each.Interval),
            }),
            classes = Result.Confusion.Classes,
            confusion = ConfusionTable.ToJson(Result.Confusion),
            correct = Result.Videos.Zip(Result.Correct).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal),
        };

    /// <summary>Writes figures, classes and confusions.</summary>
    public void Write(IAnsiConsole console)
    {
        var stride = Preprocessing.Stride == 1 ? "" : $"{Preprocessing.Stride} apart ";
        var unreadable = Unreadable > 0 ? $"; {Unreadable} unreadable ones left out" : "";
        var facts = new FactList()
            .Add("top-1", $"{Format.Percent(Result.Top1)}  ({Format.Interval(Result.Top1Interval, Result.Sources)})")
            .Add("top-5", $"{Format.Percent(Result.Top5)}  ({Format.Interval(Result.Top5Interval, Result.Sources)})")
            .Add("chance", $"{Format.Percent(Result.Chance)}  (always the commonest class)");
        Against?.AddTo(facts);
        facts
            .Add(
                "tested",
                $"{Format.Count(Result.Videos.Length, "video")} of {Format.Count(Result.Sources, "source")}, {(Split is null ? "all of the set" : $"the part {Split}")}{unreadable}"
            )
            .Add("clips", $"{Clips} of each video, {Preprocessing.Frames} frames {stride}of {Preprocessing.Size} x {Preprocessing.Size}")
            .Add("latency", Format.Latency(Latency, "clip", Threads))
            .Add("speed", string.Create(CultureInfo.InvariantCulture, $"{ClipsPerSecond:0.0} clips a second, read and run"))
            .Add("time", Format.Time(Elapsed))
            .Write(console);
        console.WriteLine();
        console.Write(ClassTable.Of(Result.Classes));
        ConfusionTable.Write(console, Result.Confusion, "videos");
    }
}
