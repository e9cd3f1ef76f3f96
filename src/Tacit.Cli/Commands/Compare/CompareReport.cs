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
                )
                .Add(
                    "skipped",
                    Comparison.Skipped.IsEmpty
                        ? null
                        : string.Join(", ", Comparison.Skipped.Select(output => $"{output.Name} ({output.Type.Element})"))
                ),
            new ReportTable(
                ["output", .. Column.Numbers("SNR", "largest difference", "largest value")],
                Comparison.Differences.Select(output =>
                    new[]
                    {
                        output.Name,
                        Format.Decibels(output.Decibels),
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
                largest_difference = output.LargestDifference,
                largest_value = output.LargestValue,
            }),
            skipped = Comparison.Skipped.Select(output => output.Name),
        };
}
