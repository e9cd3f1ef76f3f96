using System.Net;
using Tacit.Cli.Output;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Finetune;

/// <summary>report.html of a fine-tuning: how it did, what was taken for what, curves, settings.</summary>
internal static class FinetunePage
{
    /// <summary>The page's text.</summary>
    public static string Of(FinetuneSummary summary)
    {
        var (options, result) = (summary.Request.Options, summary.Result);
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(summary.Request.Videos.Path));
        var page = new HtmlPage($"{name}, {summary.Backbone ?? "fine-tuned"}")
            .Raw($"<h1>{WebUtility.HtmlEncode(name)}</h1>")
            .Paragraph(
                $"{(options.FromScratch ? "Random weights" : Path.GetFileName(summary.Request.Encoder))} of {summary.Backbone ?? "a network of no name"}, all layers trained to tell {result.Classes.Length} classes apart, preset {summary.Request.Preset.ToString().ToLowerInvariant()}, seed {options.Seed}.",
                "soft"
            );
        List<(string, string)> cards = summary.Test is { } test
            ?
            [
                (Format.Percent(test.Top1), $"of the test videos right ({Format.Interval(test.Top1Interval, test.Sources)})"),
                (Format.Percent(test.Chance), "by always saying the commonest class"),
            ]
            : [];
        page.Cards([
            .. cards,
            ($"{result.ChosenEpoch} of {result.Epochs.Length}", "the epoch taken"),
            (Format.Count(result.TrainingVideos.Length), "videos learnt from"),
            (Format.Time(TimeSpan.FromSeconds(summary.Seconds)), "in all"),
        ]);
        page.Paragraph($"Tested: {FinetuneText.Tested(summary)}. Epoch: {FinetuneText.Epoch(summary)}.", "soft");
        if (summary.SharedSources > 0)
        {
            page.Paragraph(
                $"Careful: {Format.Count(summary.SharedSources, "source")} both trained on and tested, so that what is tested was in part seen."
            );
        }

        if (summary.Test is { } tested)
        {
            new ClassificationSection(tested.Confusion, tested.Classes, tested.Videos.Length, tested.Sources).AddTo(page);
        }

        page.Heading("Curves")
            .Raw(Chart("Loss", summary, "loss", "validation.loss"))
            .Raw(Chart("Percent right: of training clips, of held-out videos after each epoch", summary, "accuracy", "validation.accuracy"))
            .Raw(Chart("Learning rate and gradient", summary, "rate", "gradient"))
            .Heading("Epochs")
            .Table(
                ["epoch", "loss", "held-out right", "held-out loss"],
                result.Epochs.Select(epoch =>
                    new[]
                    {
                        $"{epoch.Epoch}",
                        Format.Number(epoch.Loss),
                        epoch.Accuracy is { } accuracy ? Format.Percent(accuracy) : "–",
                        epoch.ValidationLoss is { } loss ? Format.Number(loss) : "–",
                    }
                )
            );
        if (!summary.Unreadable.IsEmpty)
        {
            page.Heading("Videos that could not be read")
                .Table(["video", "reason"], summary.Unreadable.Select(video => new[] { video.Name, video.Reason }));
        }

        return page.Heading("Settings")
            .Table(
                ["setting", "value"],
                OptionsJson
                    .Flatten(OptionsJson.ToJson(summary.Request))
                    .Select(option => new[] { option.Name, option.Value?.ToJsonString().Trim('"') ?? "none" })
            )
            .ToString();
    }

    private static string Chart(string title, FinetuneSummary summary, params string[] metrics) =>
        new LineChart(
            title,
            [
                .. metrics.Select(metric => new Curve(
                    metric,
                    [
                        .. summary
                            .Metrics.Where(entry => entry.Values.ContainsKey(metric))
                            .Select(entry => new CurvePoint(entry.Step, entry.Values[metric])),
                    ]
                )),
            ]
        ).ToHtml();
}
