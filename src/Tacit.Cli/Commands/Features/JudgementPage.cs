using System.Net;
using System.Text;
using Tacit.Cli.Hosting;
using Tacit.Cli.Output;
using Tacit.Graphs;

namespace Tacit.Cli.Commands.Features;

/// <summary>Writes the HTML report of the commands that evaluate the features of an encoder (the option --report).</summary>
internal static class JudgementPage
{
    /// <summary>Writes the report. An existing file is replaced as a whole.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="judgement">The result of the evaluation.</param>
    public static void Write(string path, Judgement judgement) =>
        AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(Of(judgement))));

    /// <summary>Creates the page: the main figures, the recall of retrieval if there is one, and the classes.</summary>
    private static string Of(Judgement judgement)
    {
        var (result, name) = (judgement.Result, Path.GetFileName(Path.TrimEndingDirectorySeparator(judgement.Videos.Data)));
        var page = new HtmlPage($"{name}, {judgement.Method.Name}")
            .Raw($"<h1>{WebUtility.HtmlEncode(name)}</h1>")
            .Paragraph($"Features of {Files.Shown(judgement.Videos.Encoder)}, judged by {judgement.Method.Description}.", "soft")
            .Cards(
                (Format.Percent(result.Accuracy), $"of the test videos right ({Format.Interval(result.Interval, result.Sources)})"),
                (Format.Percent(result.Chance), "by always saying the commonest class"),
                (Format.Count(result.TrainingVideos), "videos learnt from")
            )
            .Paragraph($"Tested: {judgement.Tested()}.", "soft");
        if (result.SharedSources > 0)
        {
            page.Paragraph(
                $"Careful: {Format.Count(result.SharedSources, "source")} on both sides of the division, so that what is tested was in part seen."
            );
        }

        if (!judgement.Recalls.IsEmpty)
        {
            page.Heading("Recall")
                .Table(
                    ["nearest", "of the class", "95 % interval", "by chance"],
                    judgement.Recalls.Select(recall =>
                        new[]
                        {
                            $"{recall.K}",
                            Format.Percent(recall.Percent),
                            Format.Range(recall.Interval),
                            Format.Percent(recall.Chance),
                        }
                    )
                );
        }

        new ClassificationSection(result.Confusion, result.Classes, result.Videos.Length, result.Sources).AddTo(page);
        return page.ToString();
    }
}
