using Tacit.Cli.Output;
using Tacit.Inference.Metrics;

namespace Tacit.Cli.Commands.Compare;

/// <summary>Creates the report on the comparison of two networks.</summary>
/// <param name="Reference">The file of the reference.</param>
/// <param name="Other">The file of the other network.</param>
/// <param name="Images">The images; null for noise.</param>
/// <param name="Samples">The number of samples.</param>
/// <param name="Comparison">The comparison.</param>
internal sealed record CompareReport(string Reference, string Other, string? Images, int Samples, OutputComparison Comparison)
{
    /// <summary>Creates the report: a row for each output.</summary>
    public Report Create() =>
        new(
            Data(),
            new FactList()
                .Add("reference", Reference)
                .Add("other", Other)
                .Add(
                    "samples",
                    Images is null
                        ? Format.Count(Samples, "sample") + " of Gaussian noise"
                        : $"{Format.Count(Samples, "image")} of {Images}"
                ),
            new ReportTable(
                ["output", .. Column.Numbers("SNR", "cosine", "same class", "largest difference", "largest value")],
                Comparison.Differences.Select(output =>
                    new[]
                    {
                        output.Name,
                        Format.Decibels(output.Decibels),
                        Format.Cosine(output.Cosine),
                        output.Agreement is { } share ? Format.Percent(100 * share) : "–",
                        Format.Number(output.LargestDifference),
                        Format.Number(output.LargestValue),
                    }
                )
            )
        );

    // Figures that are not finite are null: the ratio of equal outputs, and both figures if values are not finite.
    private object Data() =>
        new
        {
            reference = Reference,
            other = Other,
            data = Images,
            samples = Samples,
            outputs = Comparison.Differences.Select(output => new
            {
                name = output.Name,
                equal = output.LargestDifference == 0,
                snr_db = output.Decibels,
                cosine_similarity = output.Cosine,
                agreement = 100 * output.Agreement,
                largest_difference = output.LargestDifference,
                largest_value = output.LargestValue,
            }),
        };
}
