using System.Globalization;
using System.Net;
using Tacit.Cli.Output;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization;

namespace Tacit.Cli.Commands.Quantize;

/// <summary>report.html of a quantisation: figures, losses, layers and hard samples in one file.</summary>
internal static class QuantizationPage
{
    /// <summary>The page's text.</summary>
    public static string Of(QuantizationSummary summary)
    {
        var page = new HtmlPage($"{Path.GetFileName(summary.Model)}, {summary.WeightBitsText}/{summary.ActivationBits} bits");
        page.Raw($"<h1>{WebUtility.HtmlEncode(Path.GetFileName(summary.Model))}</h1>");
        var first = summary.Evaluations[0];
        var isEncoder = summary.Task == NetworkTask.Encoder;
        page.Paragraph(
            $"Quantised {(summary.Calibration is null ? "without data" : $"with {(summary.IsVideo ? "clips" : "images")} from {summary.Calibration}")} to weights of {summary.WeightBitsText} bits and {summary.ActivationBits}-bit activations, preset {summary.Preset}, seed {summary.Seed}.",
            "soft"
        );
        page.Cards(
            (Format.Bytes(summary.BytesAfter), $"file, was {Format.Bytes(summary.BytesBefore)}"),
            (
                summary.Likeness(first.Agreement),
                isEncoder ? "cosine similarity to the float network's features" : "agrees with the float network"
            ),
            (QuantizationSummary.Decibels(first.Decibels), "output SNR against the float network"),
            (summary.Likeness(first.Rounding), isEncoder ? "cosine similarity after plain rounding" : "plain rounding would agree"),
            (
                summary.Likeness(first.SimulationVersusRuntime),
                isEncoder ? "cosine similarity of simulation and ONNX Runtime" : "simulation agrees with ONNX Runtime"
            ),
            (
                Format.Time(TimeSpan.FromSeconds(summary.Seconds)),
                summary.Samples > 0 ? $"with {Format.Count(summary.Samples)} synthetic samples" : "in all"
            )
        );
        page.Paragraph(
            isEncoder
                ? $"Cosine similarity is that of both networks' features, averaged over {first.Count} held-out {first.On}. It ranks settings of one network; "
                    + "what the features are still worth, only labelled videos or images can tell (tacit knn, tacit probe)."
                : $"Agreement is the share of {first.Count} held-out {first.On} on which both networks name the same class. It ranks settings of one network; "
                    + "it is not accuracy, which only labelled images can tell (tacit evaluate).",
            "soft"
        );
        Evaluations(page, summary);
        foreach (var remark in summary.Remarks)
        {
            page.Paragraph(remark);
        }

        Losses(page, summary);
        Weights(page, summary);
        Layers(page, summary);
        Pictures(page, summary);
        if (summary.Settings.Count > 0)
        {
            page.Heading("Settings").Table(["setting", "value"], summary.Settings.Select(fact => new[] { fact.Name, fact.Value }));
        }

        return page.ToString();
    }

    // Where there is more than one figure to compare.
    private static void Evaluations(HtmlPage page, QuantizationSummary summary)
    {
        if (summary.Evaluations is [{ ZeroShot: null }])
        {
            return;
        }

        page.Heading(
                summary.Task == NetworkTask.Encoder
                    ? "Cosine similarity to the float network's features"
                    : "Agreement with the float network"
            )
            .Table(
                ["on held-out", "count", "this network", "output SNR", "zero-shot", "plain rounding", "simulation"],
                summary.Evaluations.Select(judgement =>
                    new[]
                    {
                        judgement.On,
                        Format.Count(judgement.Count),
                        summary.Likeness(judgement.Agreement),
                        QuantizationSummary.Decibels(judgement.Decibels),
                        judgement.ZeroShot is { } share ? summary.Likeness(share) : "–",
                        summary.Likeness(judgement.Rounding),
                        summary.Likeness(judgement.SimulationVersusRuntime),
                    }
                )
            );
        page.Paragraph(
            "Zero-shot is what comes of the synthetic samples alone; simulation is what was trained, compared with ONNX Runtime.",
            "soft"
        );
    }

    private static void Weights(HtmlPage page, QuantizationSummary summary)
    {
        if (summary.Weights.Select(layer => layer.Bits).Distinct().Count() > 1)
        {
            page.Heading("Weights")
                .Bars(
                    "Bits of the weights of each layer",
                    [
                        .. summary.Weights.Select(layer =>
                            ($"{layer.Layer}, {Format.Short(layer.Weights)}", (double)layer.Bits, $"{layer.Bits} bits")
                        ),
                    ]
                );
        }
    }

    private static void Losses(HtmlPage page, QuantizationSummary summary)
    {
        if (summary.SynthesisLosses.Count + summary.FineTuningLosses.Count > 0)
        {
            page.Heading("Losses")
                .Raw(new LineChart("Synthesis of samples", summary.SynthesisLosses).ToHtml())
                .Raw(new LineChart("Fine-tuning", summary.FineTuningLosses).ToHtml());
        }
    }

    private static void Layers(HtmlPage page, QuantizationSummary summary)
    {
        if (summary.Layers.Count > 0)
        {
            page.Heading("Activations")
                .Bars(
                    "Signal over quantisation noise of each activation",
                    [
                        .. summary.Layers.Select(layer =>
                            ($"{layer.Bits} bits  {layer.Name}", layer.Decibels, QuantizationSummary.Decibels(layer.Decibels))
                        ),
                    ]
                );
        }
    }

    private static void Pictures(HtmlPage page, QuantizationSummary summary)
    {
        if (summary.Pictures.Count == 0)
        {
            return;
        }

        page.Heading("Hard samples")
            .Paragraph(
                summary.Task == NetworkTask.Encoder
                    ? "Synthesised from the network itself; below each, the prototype whose features it was made to have."
                    : "Synthesised from the network itself; below each, the class it was made for and the float network's confidence in it.",
                "soft"
            )
            .Raw($"<div class=\"{(summary.Pictures[0].IsStrip ? "strips" : "sheet")}\">");
        foreach (var picture in summary.Pictures)
        {
            var caption = WebUtility.HtmlEncode(
                picture.Confidence is { } confidence ? $"{picture.Class}, {Format.Percent(confidence * 100)}" : picture.Class
            );
            page.Raw(
                $"<figure><img alt=\"{caption}\" src=\"data:image/png;base64,{Convert.ToBase64String(picture.Png)}\"><figcaption>{caption}</figcaption></figure>"
            );
        }

        page.Raw("</div>");
    }
}
