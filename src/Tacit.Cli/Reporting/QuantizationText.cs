using System.Globalization;
using Spectre.Console;
using Tacit.Cli.CommandLine;
using Tacit.Cli.Rendering;

namespace Tacit.Cli.Reporting;

/// <summary>The end of a quantisation on the console.</summary>
internal static class QuantizationText
{
    /// <summary>Layers shown: the noisiest.</summary>
    public const int LayersShown = 5;

    /// <summary>Writes it.</summary>
    public static void Write(IAnsiConsole console, QuantizationSummary summary)
    {
        var facts = new FactList();
        facts.Add("output", Files.Shown(summary.Output));
        facts.Add("size", $"{Format.Bytes(summary.BytesBefore)} -> {Format.Bytes(summary.BytesAfter)} ({Ratio(summary)} times smaller)");
        facts.Add("bits", $"weights {summary.WeightBitsText}, activations {summary.ActivationBits}");
        foreach (var judgement in summary.Judgements)
        {
            var zeroShot = judgement.ZeroShot is { } share ? $", without the images: {Format.Percent(100 * share)}" : "";
            facts.Add("agreement", $"{Format.Percent(100 * judgement.Agreement)} of {judgement.Count} held-out {judgement.On} get the float network's class (plain rounding: {Format.Percent(100 * judgement.Rounding)}{zeroShot})");
        }

        facts.Add("simulation", $"{Format.Percent(100 * summary.Judgements[0].SimulationVersusRuntime)} of the simulation's classes are ONNX Runtime's");
        if (summary.Layers.Count > 0)
        {
            var noisiest = summary.Layers.OrderBy(layer => layer.Decibels).Take(LayersShown)
                .Select(layer => string.Create(CultureInfo.InvariantCulture, $"{layer.Name} {layer.Decibels:0.0} dB"));
            facts.Add("noisiest", string.Join(", ", noisiest));
        }

        facts.Add("time", Format.Time(TimeSpan.FromSeconds(summary.Seconds)));
        if (summary.Report is { } report)
        {
            facts.Add("report", Files.Shown(report));
        }

        facts.Write(console);
        foreach (var remark in summary.Remarks)
        {
            console.WriteLine(remark);
        }
    }

    private static string Ratio(QuantizationSummary summary) =>
        ((double)summary.BytesBefore / Math.Max(1, summary.BytesAfter)).ToString("0.0", CultureInfo.InvariantCulture);
}
