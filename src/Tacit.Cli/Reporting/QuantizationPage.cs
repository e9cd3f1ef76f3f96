using System.Globalization;
using System.Net;
using Tacit.Cli.Rendering;

namespace Tacit.Cli.Reporting;

/// <summary>report.html of a quantisation: figures, losses, layers and hard samples in one file.</summary>
internal static class QuantizationPage
{
    /// <summary>The page's text.</summary>
    public static string Of(QuantizationSummary summary)
    {
        var page = new HtmlPage($"{Path.GetFileName(summary.Model)}, {summary.WeightBits}/{summary.ActivationBits} bits");
        page.Raw($"<h1>{WebUtility.HtmlEncode(Path.GetFileName(summary.Model))}</h1>");
        page.Paragraph(
            $"Quantised without data to {summary.WeightBits}-bit weights and {summary.ActivationBits}-bit activations, preset {summary.Preset}, seed {summary.Seed}.",
            "soft");
        page.Cards(
            (Format.Bytes(summary.BytesAfter), $"file, was {Format.Bytes(summary.BytesBefore)}"),
            (Format.Percent(summary.Agreement), "agrees with the float network"),
            (Format.Percent(summary.AgreementRounding), "plain rounding would agree"),
            (Format.Percent(summary.SimulationVsRuntime), "simulation agrees with ONNX Runtime"),
            (Format.Time(TimeSpan.FromSeconds(summary.Seconds)), $"with {Format.Count(summary.Samples)} synthetic samples"));
        page.Paragraph(
            $"Agreement is the share of {summary.HeldOut} held-out synthetic samples on which both networks name the same class. It ranks settings of one network; "
            + "it is not accuracy, which only labelled images can tell (tacit evaluate).",
            "soft");
        foreach (var remark in summary.Remarks)
        {
            page.Paragraph(remark);
        }

        Losses(page, summary);
        Layers(page, summary);
        Pictures(page, summary);
        if (summary.Settings.Count > 0)
        {
            page.Heading("Settings").Table(["setting", "value"], summary.Settings.Select(fact => new[] { fact.Name, fact.Value }));
        }

        return page.ToString();
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
            page.Heading("Activations").Bars(
                "Signal over quantisation noise of each activation",
                [.. summary.Layers.Select(layer => ($"{layer.Bits} bits  {layer.Name}", layer.Decibels, layer.Decibels.ToString("0.0", CultureInfo.InvariantCulture) + " dB"))]);
        }
    }

    private static void Pictures(HtmlPage page, QuantizationSummary summary)
    {
        if (summary.Pictures.Count == 0)
        {
            return;
        }

        page.Heading("Hard samples")
            .Paragraph("Synthesised from the network itself; below each, the class it was made for and the float network's confidence in it.", "soft")
            .Raw("<div class=\"sheet\">");
        foreach (var picture in summary.Pictures)
        {
            var caption = WebUtility.HtmlEncode($"{picture.Class}, {Format.Percent(picture.Confidence * 100)}");
            page.Raw($"<figure><img alt=\"{caption}\" src=\"data:image/png;base64,{Convert.ToBase64String(picture.Png)}\"><figcaption>{caption}</figcaption></figure>");
        }

        page.Raw("</div>");
    }
}
