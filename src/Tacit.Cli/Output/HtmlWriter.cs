using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Output;

/// <summary>
/// Writes a report as a self-contained HTML page. The style and the pictures are embedded, and the page loads nothing from
/// elsewhere. It supports light and dark colour schemes.
/// </summary>
internal static class HtmlWriter
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>Returns the complete HTML document. All text of the report is encoded.</summary>
    /// <param name="report">The report. Facts with a figure are shown first, in large type.</param>
    public static string ToHtml(Report report)
    {
        var body = new StringBuilder();
        Line(body, $"<h1>{Text(report.Title)}</h1>");
        Figures(body, report.Blocks.OfType<FactList>().SelectMany(list => list.Facts).Where(fact => fact.Figure is not null));
        foreach (var block in report.Blocks)
        {
            Append(body, block);
        }

        return $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{Text(report.Title)}</title>
            <style>
            {Style}
            </style>
            </head>
            <body>
            <main>
            {body}</main>
            </body>
            </html>

            """;
    }

    private static void Append(StringBuilder body, ReportBlock block)
    {
        switch (block)
        {
            case FactList facts:
                Append(body, facts);
                break;
            case Note note:
                Line(body, $"<p>{Text(note.Text)}</p>");
                break;
            case ReportTable table:
                Append(body, table);
                break;
            case ClassAccuracies accuracies:
                Append(body, accuracies.Classes);
                break;
            case Confusions confusions:
                Append(body, confusions);
                break;
            case Chart chart:
                Line(body, LineChart.ToHtml(chart));
                break;
            case Details details:
                Append(body, details);
                break;
            case BarChart bars:
                Append(body, bars);
                break;
            case Pictures pictures:
                Append(body, pictures);
                break;
            default:
                throw new ArgumentException($"a {block.GetType().Name} cannot be shown on a page", nameof(block));
        }
    }

    private static void Figures(StringBuilder body, IEnumerable<Fact> facts)
    {
        var cards = string.Concat(facts.Select(fact => $"<div><b>{Text(fact.Figure!)}</b><span>{Text(fact.Name)}</span></div>"));
        if (cards.Length > 0)
        {
            Line(body, $"<div class=\"cards\">{cards}</div>");
        }
    }

    private static void Append(StringBuilder body, FactList list)
    {
        var facts = list.Facts.Select(fact => $"<dt>{Text(fact.Name)}</dt><dd>{Text(fact.Value)}</dd>");
        Line(body, $"<dl>{string.Concat(facts)}</dl>");
    }

    private static void Append(StringBuilder body, Details details)
    {
        if (details.Heading is { } heading)
        {
            Line(body, $"<h2>{Text(heading)}</h2>");
        }

        if (details.Explanation is { } explanation)
        {
            Line(body, $"<p class=\"soft\">{Text(explanation)}</p>");
        }

        foreach (var block in details.Blocks)
        {
            Append(body, block);
        }
    }

    private static void Append(StringBuilder body, ReportTable table)
    {
        var kinds = table.Columns.Select(column => column.IsNumber ? " class=\"n\"" : "").ToArray();
        body.Append("<div class=\"scroll\"><table><thead><tr>")
            .AppendJoin("", table.Columns.Zip(kinds, (column, kind) => $"<th{kind}>{Text(column.Name)}</th>"))
            .Append("</tr></thead><tbody>");
        foreach (var row in table.Rows)
        {
            body.Append("<tr>").AppendJoin("", row.Zip(kinds, (cell, kind) => $"<td{kind}>{Text(cell)}</td>")).Append("</tr>");
        }

        Line(body, "</tbody></table></div>");
        if (table.Caption is { } caption)
        {
            Line(body, $"<p class=\"soft\">{Text(caption)}</p>");
        }
    }

    // Bars from 0 to 100 %, with a thin line for the interval.
    private static void Append(StringBuilder body, ImmutableArray<ClassAccuracy> classes)
    {
        body.Append("<figure><div class=\"bars\">");
        foreach (var each in classes)
        {
            var line = each.Interval is { } interval
                ? string.Create(Culture, $"<u style=\"left:{interval.Low:0.#}%;width:{interval.High - interval.Low:0.#}%\"></u>")
                : "";
            var text = $"{Format.Percent(each.Accuracy)}, {Format.Range(each.Interval)}, {Format.Count(each.Videos, "video")}";
            body.Append(Culture, $"<span>{Name(each.Name)}</span><i><b style=\"width:{each.Accuracy:0.#}%\"></b>{line}</i><em>{text}</em>");
        }

        Line(body, "</div></figure>");
    }

    // The shade of a cell is its share of the row.
    private static void Append(StringBuilder body, Confusions confusions)
    {
        if (confusions.Matrix.Classes.Length > Confusions.LargestOnPage)
        {
            Append(body, confusions.MostFrequent());
            return;
        }

        var matrix = confusions.Matrix;
        var labels = Enumerable.Range(0, matrix.Classes.Length).ToList();
        body.Append("<div class=\"scroll\"><table class=\"confusion\"><thead><tr><th></th>")
            .AppendJoin("", matrix.Classes.Select(name => $"<th>{Name(name)}</th>"))
            .Append("</tr></thead><tbody>");
        foreach (var actual in labels)
        {
            body.Append(Culture, $"<tr><th>{Name(matrix.Classes[actual])}</th>");
            foreach (var predicted in labels)
            {
                var count = matrix[actual, predicted];
                var share = count == 0 ? 0 : 100.0 * count / matrix.Images(actual);
                body.Append(Culture, $"<td style=\"--share:{share:0.#}%\">{(actual == predicted ? $"<b>{count}</b>" : $"{count}")}</td>");
            }

            body.Append("</tr>");
        }

        Line(body, "</tbody></table></div>");
    }

    private static void Append(StringBuilder body, BarChart chart)
    {
        var most = chart.Bars.Select(bar => bar.Value).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        body.Append(Culture, $"<figure><figcaption>{Text(chart.Title)}</figcaption><div class=\"bars\">");
        foreach (var bar in chart.Bars)
        {
            var share = double.IsFinite(bar.Value) && most > 0 ? Math.Clamp(bar.Value / most, 0, 1) * 100 : 0;
            body.Append(Culture, $"<span>{Text(bar.Name)}</span><i><b style=\"width:{share:0.#}%\"></b></i><em>{Text(bar.Text)}</em>");
        }

        Line(body, "</div></figure>");
    }

    private static void Append(StringBuilder body, Pictures pictures)
    {
        body.Append(Culture, $"<div class=\"{(pictures.AreStrips ? "strips" : "sheet")}\">");
        foreach (var picture in pictures.Shown)
        {
            var caption = Text(picture.Caption);
            body.Append(
                Culture,
                $"<figure><img alt=\"{caption}\" src=\"data:image/png;base64,{Convert.ToBase64String(picture.Png)}\"><figcaption>{caption}</figcaption></figure>"
            );
        }

        Line(body, "</div>");
    }

    private static void Line(StringBuilder body, string html) => body.Append(html).Append('\n');

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Name(string name) => Text(Format.Name(name));

    private const string Style = """
        :root { --back: #fbfbfa; --text: #1d2126; --soft: #656d76; --line: #dfe2e6; --card: #ffffff; --bar: #2f6fde;
          --c0: #2f6fde; --c1: #d9622b; --c2: #2b9348; --c3: #9b4dca; --c4: #b58900; --c5: #c2255c; }
        @media (prefers-color-scheme: dark) { :root { --back: #14171a; --text: #e6e8ea; --soft: #98a1ab; --line: #2b3138; --card: #1b2025; --bar: #5a93f5;
          --c0: #5a93f5; --c1: #f0884f; --c2: #56c271; --c3: #c08be6; --c4: #e0b341; --c5: #f0709a; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.55 system-ui, sans-serif; }
        main { max-width: 960px; margin: 0 auto; padding: 40px 20px 80px; }
        h1 { font-size: 1.7rem; margin: 0 0 4px; overflow-wrap: anywhere; } h2 { font-size: 1.2rem; margin: 44px 0 12px; }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; margin: 16px 0; } dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
        p { margin: 8px 0; } .soft { color: var(--soft); } code { font-size: .92em; overflow-wrap: anywhere; }
        .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 12px; margin: 24px 0; }
        .cards div { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px; }
        .cards b { display: block; font-size: 1.45rem; font-variant-numeric: tabular-nums; } .cards span { color: var(--soft); font-size: .88rem; }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .92rem; }
        th, td { text-align: left; padding: 6px 10px; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; } th { color: var(--soft); font-weight: 600; }
        th.n { text-align: right; } td.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        figure { margin: 16px 0; } figcaption { font-weight: 600; margin-bottom: 6px; }
        svg { width: 100%; height: auto; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
        svg text { fill: var(--soft); font: 11px system-ui, sans-serif; } svg .grid { stroke: var(--line); }
        polyline { fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linejoin: round; }
        .c0 { color: var(--c0); } .c1 { color: var(--c1); } .c2 { color: var(--c2); } .c3 { color: var(--c3); } .c4 { color: var(--c4); } .c5 { color: var(--c5); }
        .legend span::before { content: ""; display: inline-block; width: 14px; height: 3px; margin: 0 6px 3px 0; background: currentColor; } .legend span { margin-right: 16px; font-size: .9rem; }
        .bars { display: grid; grid-template-columns: minmax(80px, max-content) 1fr max-content; gap: 3px 12px; align-items: center; font-size: .85rem; }
        .bars span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-width: 320px; } .bars i { background: var(--line); border-radius: 3px; height: 10px; position: relative; }
        .bars i b { display: block; height: 10px; border-radius: 3px; background: var(--bar); } .bars em { font-style: normal; text-align: right; font-variant-numeric: tabular-nums; }
        .bars u { position: absolute; top: 4px; height: 2px; background: var(--text); }
        .confusion th { text-align: center; } .confusion td { text-align: center; font-variant-numeric: tabular-nums; background: color-mix(in srgb, var(--bar) var(--share), transparent); }
        .sheet { display: grid; grid-template-columns: repeat(auto-fill, minmax(96px, 1fr)); gap: 12px; } .sheet figure { margin: 0; }
        .sheet img { width: 100%; aspect-ratio: 1; object-fit: contain; image-rendering: pixelated; border-radius: 6px; display: block; } .sheet figcaption { font-weight: 400; font-size: .78rem; color: var(--soft); margin: 4px 0 0; }
        .strips { display: grid; grid-template-columns: repeat(auto-fit, minmax(280px, 1fr)); gap: 12px; margin: 12px 0; } .strips figure { margin: 0; }
        .strips img { width: 100%; border-radius: 6px; display: block; } .strips figcaption { font-weight: 400; font-size: .78rem; color: var(--soft); margin: 4px 0 0; overflow-wrap: anywhere; }
        """;
}
