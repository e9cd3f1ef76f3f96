using Spectre.Console;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Learning.FineTuning;

namespace Tacit.Cli.Commands.Finetune;

/// <summary>Writes the summary of a fine-tuning to the console.</summary>
/// <remarks>The descriptions of the test and of the chosen epoch are shared with the HTML report.</remarks>
internal static class FinetuneText
{
    private const int UnreadableShown = 5;

    /// <summary>
    /// Writes the accuracy, the data, the chosen epoch and the tables of classes. At most five unreadable videos are named.
    /// </summary>
    /// <param name="console">The console to write to.</param>
    /// <param name="summary">The summary of the run.</param>
    public static void Write(IAnsiConsole console, FinetuneSummary summary)
    {
        var (options, result) = (summary.Request.Options, summary.Result);
        var facts = new FactList().Add("classifier", Files.Shown(summary.Classifier));
        if (summary.Test is { } test)
        {
            facts
                .Add("accuracy", $"{Format.Percent(test.Top1)}  ({Format.Interval(test.Top1Interval, test.Sources)})")
                .Add("chance", $"{Format.Percent(test.Chance)}  (always the commonest class)");
            if (result.Classes.Length > 5)
            {
                facts.Add("top 5", $"{Format.Percent(test.Top5)}  ({Format.Interval(test.Top5Interval, test.Sources)})");
            }
        }

        facts.Add("tested", Tested(summary));
        if (summary.SharedSources > 0)
        {
            facts.Add(
                "careful",
                $"{Format.Count(summary.SharedSources, "source")} both trained on and tested: what is tested was in part seen"
            );
        }

        facts
            .Add(
                "network",
                $"{summary.Backbone ?? "of no name"}, {(options.FromScratch ? "from random weights" : $"from {Files.Shown(summary.Request.Encoder)}")}"
            )
            .Add(
                "learnt",
                $"{result.Classes.Length} classes of {Format.Count(result.TrainingVideos.Length)} videos{(summary.LeftOut > 0 ? $", {summary.LeftOut} of other parts of the set left out" : "")}"
            )
            .Add("epoch", Epoch(summary));
        if (!summary.Unreadable.IsEmpty)
        {
            facts.Add(
                "unreadable",
                $"{summary.Unreadable.Length}: {string.Join("; ", summary.Unreadable.Take(UnreadableShown).Select(video => $"{video.Name}: {video.Reason}"))}"
            );
        }

        facts.Add("time", Format.Time(TimeSpan.FromSeconds(summary.Seconds))).Add("report", Files.Shown(summary.Report)).Write(console);
        if (summary.Test is { } judged)
        {
            console.WriteLine();
            console.Write(ClassTable.Of(judged.Classes));
            ConfusionTable.Write(console, judged.Confusion, "videos");
        }
    }

    /// <summary>Describes the tested videos, or says why none were tested.</summary>
    /// <param name="summary">The summary of the run.</param>
    /// <returns>For example "120 videos of 25 sources, the part test".</returns>
    public static string Tested(FinetuneSummary summary) =>
        summary.Test is { } test
            ? $"{Format.Count(test.Videos.Length)} videos of {Format.Count(test.Sources, "source")}, the part test"
            : "nothing: there is no part test that was not trained on";

    /// <summary>Describes the chosen epoch and how it was chosen.</summary>
    /// <param name="summary">The summary of the run.</param>
    /// <returns>For example "12 of 20, chosen by 48 videos held out: 61.25 % right", or "20, the last" without held-out videos.</returns>
    public static string Epoch(FinetuneSummary summary) =>
        summary.Chosen is { Accuracy: { } accuracy } chosen
            ? $"{chosen.Epoch} of {summary.Result.Epochs.Length}, chosen by {Format.Count(summary.Result.ValidationVideos.Length, "video")} held out: {Format.Percent(accuracy)} right"
            : $"{summary.Chosen.Epoch}, the last";
}
