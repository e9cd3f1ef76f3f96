using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Tacit.Inference.Metrics;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Output;

/// <summary>
/// The section of a report on the classification of videos: the accuracy of each class with its interval, and the confusion
/// matrix.
/// </summary>
/// <remarks>
/// With fewer than 20 sources, the section warns that the confidence intervals are too narrow (<see
/// cref="Tacit.Learning.Evaluation.ClusterBootstrap"/>).
/// </remarks>
/// <param name="Confusion">The confusion matrix.</param>
/// <param name="Classes">The accuracies of the tested classes.</param>
/// <param name="Videos">The number of tested videos.</param>
/// <param name="Sources">The number of sources of these videos.</param>
internal sealed record ClassificationSection(ConfusionMatrix Confusion, ImmutableArray<ClassAccuracy> Classes, int Videos, int Sources)
{
    private const int LargestMatrix = 25;
    private const int ConfusionsShown = 20;
    private const int FewSources = 20;

    /// <summary>
    /// Adds the section to a page. For more than 25 classes, the 20 most frequent confusions are listed instead of the matrix.
    /// </summary>
    /// <param name="page">The page.</param>
    public void AddTo(HtmlPage page)
    {
        page.Heading("Classes")
            .Paragraph(
                "Videos found of each class, the bar from 0 to 100 %; the thin line is the 95 % interval by resampling sources, which says how much other test videos could change it.",
                "soft"
            );
        if (Sources < FewSources)
        {
            page.Paragraph(
                $"The test is small: {Format.Count(Videos, "video")} of {Format.Count(Sources, "source")}. Differences within the intervals say nothing, and with fewer than about {FewSources} sources these are too narrow."
            );
        }

        page.Raw(Bars()).Heading("What was taken for what");
        if (Confusion.Classes.Length <= LargestMatrix)
        {
            page.Paragraph("Rows are the true classes, columns what videos were taken for; the shade is the share of the row.", "soft")
                .Raw(Matrix());
        }
        else
        {
            page.Paragraph($"The commonest of the mistakes among {Confusion.Classes.Length} classes.", "soft")
                .Table(
                    ["class", "taken for", "times", "of"],
                    Mistakes()
                        .Take(ConfusionsShown)
                        .Select(mistake =>
                            new[]
                            {
                                Name(mistake.Actual),
                                Name(mistake.Predicted),
                                Format.Count(Confusion[mistake.Actual, mistake.Predicted]),
                                Format.Count(Confusion.Images(mistake.Actual)),
                            }
                        )
                );
        }
    }

    private string Name(int label) => Format.Name(Confusion.Classes[label]);

    /// <summary>Renders a bar for each class, with a thin line for its confidence interval.</summary>
    private string Bars()
    {
        var html = new StringBuilder("<figure><div class=\"bars\">");
        foreach (var each in Classes)
        {
            var line = each.Interval is { } interval
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"<u style=\"left:{interval.Low:0.#}%;width:{interval.High - interval.Low:0.#}%\"></u>"
                )
                : "";
            var text = $"{Format.Percent(each.Accuracy)}, {Format.Range(each.Interval)}, {Format.Count(each.Videos, "video")}";
            html.Append(
                CultureInfo.InvariantCulture,
                $"<span>{Encoded(each.Name)}</span><i><b style=\"width:{each.Accuracy:0.#}%\"></b>{line}</i><em>{text}</em>"
            );
        }

        return html.Append("</div></figure>").ToString();
    }

    /// <summary>Renders the matrix as a table. The shade of a cell is its share of the row.</summary>
    private string Matrix()
    {
        var labels = Enumerable.Range(0, Confusion.Classes.Length).ToList();
        var html = new StringBuilder("<div class=\"scroll\"><table class=\"confusion\"><thead><tr><th></th>")
            .AppendJoin("", Confusion.Classes.Select(name => $"<th>{Encoded(name)}</th>"))
            .Append("</tr></thead><tbody>");
        foreach (var actual in labels)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><th>{Encoded(Confusion.Classes[actual])}</th>");
            foreach (var predicted in labels)
            {
                var count = Confusion[actual, predicted];
                var share = count == 0 ? 0 : 100.0 * count / Confusion.Images(actual);
                html.Append(
                    CultureInfo.InvariantCulture,
                    $"<td style=\"--share:{share:0.#}%\">{(actual == predicted ? $"<b>{count}</b>" : $"{count}")}</td>"
                );
            }

            html.Append("</tr>");
        }

        return html.Append("</tbody></table></div>").ToString();
    }

    /// <summary>The pairs of different true and predicted classes that occur, the most frequent first.</summary>
    private IEnumerable<(int Actual, int Predicted)> Mistakes()
    {
        var labels = Enumerable.Range(0, Confusion.Classes.Length).ToList();
        return labels
            .SelectMany(actual =>
                labels.Where(predicted => predicted != actual && Confusion[actual, predicted] > 0).Select(predicted => (actual, predicted))
            )
            .OrderByDescending(mistake => Confusion[mistake.actual, mistake.predicted]);
    }

    private static string Encoded(string name) => WebUtility.HtmlEncode(Format.Name(name));
}
