using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Tacit.Cli.Commands.Quantize;
using Tacit.Cli.Output;
using Tacit.Learning.Pretraining;
using Tacit.Learning.Runs;

namespace Tacit.Cli.Commands.Pretrain;

/// <summary>report.html of a pretraining: curves, what the network saw, and what it was paired with.</summary>
internal static class PretrainingPage
{
    /// <summary>The page's text.</summary>
    public static string Of(PretrainingSummary summary, ContactSheets sheets)
    {
        var (options, result) = (summary.Request.Options, summary.Result);
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(summary.Request.Videos.Path));
        var page = new HtmlPage($"{name}, {options.Backbone}");
        page.Raw($"<h1>{WebUtility.HtmlEncode(name)}</h1>");
        page.Paragraph(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{options.Recipe.Title} trained {options.Backbone} of width {options.Width} on clips of {options.Sampling.Frames} frames of {options.Augmentation.Size} pixels, without labels, seed {options.Seed}."
            ),
            "soft"
        );
        page.Cards(
            (
                Format.Count(summary.Videos),
                summary.LeftOut > 0 ? $"videos, {Format.Count(summary.LeftOut)} of other parts left out" : "videos"
            ),
            (Format.Count(result.Steps), $"steps of {options.BatchSize} videos"),
            (Format.Number(summary.Last("features.rank")), "effective rank of the features"),
            (Format.Percent(100 * result.WaitingShare), "of the time waiting for clips"),
            (Format.Time(TimeSpan.FromSeconds(summary.Seconds)), "in all")
        );
        page.Heading("Curves")
            .Raw(Chart("Losses", summary, "loss", "appearance", "speed", "speed contrast"))
            .Raw(Chart("Spread of the embeddings: near 0 they are all the same", summary, [.. Names(summary, "spread.")]))
            .Raw(Chart("Effective rank of the features", summary, "features.rank"))
            .Raw(
                Chart(
                    "Shares: neighbours with the same label, positives with the same label (labels are read for this alone)",
                    summary,
                    "features.knn",
                    "positives.label"
                )
            )
            .Raw(Chart("Learning rate and gradient", summary, "rate", "gradient"));
        Sheets(page, sheets);
        if (!summary.Unreadable.IsEmpty)
        {
            page.Heading("Videos that could not be read")
                .Table(["video", "reason"], summary.Unreadable.Select(video => new[] { video.Name, video.Reason }));
        }

        page.Heading("Settings").Table(["setting", "value"], Settings(summary.Request).Select(fact => new[] { fact.Name, fact.Value }));
        return page.ToString();
    }

    private static IEnumerable<string> Names(PretrainingSummary summary, string prefix) =>
        summary.Metrics.FirstOrDefault()?.Values.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)) ?? [];

    private static string Chart(string title, PretrainingSummary summary, params string[] metrics) =>
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

    private static void Sheets(HtmlPage page, ContactSheets sheets)
    {
        page.Heading("What the network saw").Paragraph("Clips of the last step, augmented: each row the views of one video.", "soft");
        foreach (var video in sheets.Augmented)
        {
            Row(page, video);
        }

        if (!sheets.Positives.IsEmpty)
        {
            page.Heading("Retrieved positives")
                .Paragraph(
                    "Left a clip of the last step, right the clip of the same speed from another video that looked most like it, whose speed embedding it was to predict.",
                    "soft"
                );
            foreach (var pair in sheets.Positives)
            {
                Row(page, [pair.Clip, pair.Positive]);
            }
        }
    }

    private static void Row(HtmlPage page, IEnumerable<FrameStrip> strips)
    {
        var html = new StringBuilder("<div class=\"strips\">");
        foreach (var strip in strips)
        {
            var caption = WebUtility.HtmlEncode(strip.Caption);
            html.Append(
                CultureInfo.InvariantCulture,
                $"<figure><img src=\"data:image/png;base64,{Convert.ToBase64String(strip.Png)}\" alt=\"{caption}\"><figcaption>{caption}</figcaption></figure>"
            );
        }

        page.Raw(html.Append("</div>").ToString());
    }

    private static IEnumerable<Fact> Settings(PretrainRequest request) =>
        OptionsJson
            .Flatten(OptionsJson.ToJson(request))
            .Select(option => new Fact(option.Name, option.Value?.ToJsonString().Trim('"') ?? "none"));
}
