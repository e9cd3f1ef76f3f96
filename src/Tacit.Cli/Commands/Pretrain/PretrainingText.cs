using System.Globalization;
using Spectre.Console;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;

namespace Tacit.Cli.Commands.Pretrain;

/// <summary>Writes the summary of a pretraining to the console.</summary>
internal static class PretrainingText
{
    private const int UnreadableShown = 5;

    /// <summary>
    /// Writes the encoder, the data, the quality of its features and how the time was spent. At most five unreadable videos are
    /// named.
    /// </summary>
    /// <param name="console">The console to write to.</param>
    /// <param name="summary">The summary of the run.</param>
    public static void Write(IAnsiConsole console, PretrainingSummary summary)
    {
        var (options, result) = (summary.Request.Options, summary.Result);
        var facts = new FactList()
            .Add("encoder", Files.Shown(summary.Encoder))
            .Add(
                "network",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{options.Backbone}, width {options.Width}, clips of {options.Sampling.Frames} frames, {options.Augmentation.Size} pixels"
                )
            )
            .Add("videos", $"{summary.Videos}{(summary.LeftOut > 0 ? $", {summary.LeftOut} of other parts of the set left out" : "")}")
            .Add("steps", $"{Format.Count(result.Steps)} of {options.BatchSize} videos")
            .Add(
                "features",
                $"effective rank {Format.Number(summary.Last("features.rank"))}{(double.IsNaN(summary.Last("features.knn")) ? "" : $", nearest neighbours {Format.Percent(100 * summary.Last("features.knn"))} right")}"
            )
            .Add(
                "data",
                $"{Format.Percent(100 * result.WaitingShare)} of the time waiting for clips, {Format.Percent(100 * result.AugmentationShare)} augmenting them"
            );
        if (!summary.Unreadable.IsEmpty)
        {
            facts.Add(
                "unreadable",
                $"{summary.Unreadable.Length}: {string.Join("; ", summary.Unreadable.Take(UnreadableShown).Select(video => $"{video.Name}: {video.Reason}"))}"
            );
        }

        facts.Add("time", Format.Time(TimeSpan.FromSeconds(summary.Seconds))).Add("report", Files.Shown(summary.Report)).Write(console);
    }
}
