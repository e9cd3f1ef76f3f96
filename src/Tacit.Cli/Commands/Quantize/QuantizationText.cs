using System.Globalization;
using Spectre.Console;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization;

namespace Tacit.Cli.Commands.Quantize;

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
        foreach (var judgement in summary.Evaluations)
        {
            var zeroShot = judgement.ZeroShot is { } share ? $", without the {judgement.On}: {summary.Likeness(share)}" : "";
            var rounding = $"(plain rounding: {summary.Likeness(judgement.Rounding)}{zeroShot})";
            facts.Add(
                summary.Task == NetworkTask.Encoder ? "similarity" : "agreement",
                summary.Task == NetworkTask.Encoder
                    ? $"{summary.Likeness(judgement.Agreement)} is the cosine to the float network's features, on average over {judgement.Count} held-out {judgement.On} {rounding}"
                    : $"{summary.Likeness(judgement.Agreement)} of {judgement.Count} held-out {judgement.On} get the float network's class {rounding}"
            );
            facts.Add(
                "output SNR",
                $"{QuantizationSummary.Decibels(judgement.Decibels)} against the float network, on the same {judgement.On}"
            );
        }

        var simulation = summary.Likeness(summary.Evaluations[0].SimulationVersusRuntime);
        facts.Add(
            "simulation",
            summary.Task == NetworkTask.Encoder
                ? $"{simulation} is the cosine of the simulation's features to ONNX Runtime's"
                : $"{simulation} of the simulation's classes are ONNX Runtime's"
        );
        if (summary.Layers.Count > 0)
        {
            var noisiest = summary
                .Layers.OrderBy(layer => layer.Decibels)
                .Take(LayersShown)
                .Select(layer => $"{layer.Name} {QuantizationSummary.Decibels(layer.Decibels)}");
            facts.Add("noisiest", string.Join(", ", noisiest));
        }

        facts.Add("time", Format.Time(TimeSpan.FromSeconds(summary.Seconds)));
        facts.Add("report", Files.Shown(summary.Report));

        facts.Write(console);
        foreach (var remark in summary.Remarks)
        {
            console.WriteLine(remark);
        }
    }

    private static string Ratio(QuantizationSummary summary) =>
        ((double)summary.BytesBefore / Math.Max(1, summary.BytesAfter)).ToString("0.0", CultureInfo.InvariantCulture);
}
