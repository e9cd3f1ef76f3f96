using System.Globalization;
using System.Net;
using System.Text;

namespace Tacit.Cli.Output;

/// <summary>
/// Builds a self-contained HTML page. The style is embedded, and the page loads nothing from elsewhere. It supports light and
/// dark colour schemes.
/// </summary>
/// <param name="title">The title of the page; it is encoded.</param>
/// <example><code>
/// var page = new HtmlPage("Report").Heading("Losses").Paragraph("The losses of the run.");
/// File.WriteAllText("report.html", page.ToString());
/// </code></example>
internal sealed class HtmlPage(string title)
{
    private readonly StringBuilder _body = new();

    /// <summary>Appends markup without encoding it. The caller must encode any text in it.</summary>
    /// <param name="html">The markup.</param>
    /// <returns>This page, for chaining.</returns>
    public HtmlPage Raw(string html)
    {
        _body.Append(html).Append('\n');
        return this;
    }

    /// <summary>Appends a section heading.</summary>
    /// <param name="text">The text; it is encoded.</param>
    /// <returns>This page, for chaining.</returns>
    public HtmlPage Heading(string text) => Raw($"<h2>{Text(text)}</h2>");

    /// <summary>Appends a paragraph.</summary>
    /// <param name="text">The text; it is encoded.</param>
    /// <param name="kind">The CSS class, such as "soft" for secondary text; null for none.</param>
    /// <returns>This page, for chaining.</returns>
    public HtmlPage Paragraph(string text, string? kind = null) => Raw($"<p{(kind is null ? "" : $" class=\"{kind}\"")}>{Text(text)}</p>");

    /// <summary>Appends a row of highlighted figures.</summary>
    /// <param name="cards">The value of each figure and its label.</param>
    /// <returns>This page, for chaining.</returns>
    public HtmlPage Cards(params IEnumerable<(string Value, string Label)> cards) =>
        Raw(
            $"<div class=\"cards\">{string.Concat(cards.Select(card => $"<div><b>{Text(card.Value)}</b><span>{Text(card.Label)}</span></div>"))}</div>"
        );

    /// <summary>Appends a table. Columns in which every cell starts with a number are right-aligned.</summary>
    /// <param name="head">The column headings.</param>
    /// <param name="rows">The rows, each with a cell for every heading. The cells are encoded.</param>
    /// <returns>This page, for chaining.</returns>
    public HtmlPage Table(IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows)
    {
        var body = rows.ToList();
        var kinds = head.Select((_, column) => IsOfNumbers(body.Select(row => row[column])) ? " class=\"n\"" : "").ToArray();
        var html = new StringBuilder("<div class=\"scroll\"><table><thead><tr>");
        html.AppendJoin("", head.Zip(kinds, (cell, kind) => $"<th{kind}>{Text(cell)}</th>")).Append("</tr></thead><tbody>");
        foreach (var row in body)
        {
            html.Append("<tr>").AppendJoin("", row.Zip(kinds, (cell, kind) => $"<td{kind}>{Text(cell)}</td>")).Append("</tr>");
        }

        return Raw(html.Append("</tbody></table></div>").ToString());
    }

    /// <summary>
    /// Appends a chart of horizontal bars. The longest bar has the full width; bars of values that are not finite are empty.
    /// </summary>
    /// <param name="title">The title of the chart.</param>
    /// <param name="bars">The name, the value and the displayed value of each bar.</param>
    /// <returns>This page, for chaining.</returns>
    public HtmlPage Bars(string title, IReadOnlyList<(string Name, double Value, string Text)> bars)
    {
        var most = bars.Select(bar => bar.Value).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        var html = new StringBuilder($"<figure><figcaption>{Text(title)}</figcaption><div class=\"bars\">");
        foreach (var (name, value, text) in bars)
        {
            var share = double.IsFinite(value) && most > 0 ? Math.Clamp(value / most, 0, 1) * 100 : 0;
            html.Append(
                CultureInfo.InvariantCulture,
                $"<span>{Text(name)}</span><i><b style=\"width:{share:0.#}%\"></b></i><em>{Text(text)}</em>"
            );
        }

        return Raw(html.Append("</div></figure>").ToString());
    }

    /// <summary>Returns the complete HTML document.</summary>
    public override string ToString() =>
        $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{Text(title)}</title>
            <style>
            {Style}
            </style>
            </head>
            <body>
            <main>
            {_body}</main>
            </body>
            </html>

            """;

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    /// <summary>
    /// Determines whether every cell of a column starts with a number, which a unit or an interval may follow. Dashes and empty
    /// cells are ignored.
    /// </summary>
    /// <param name="cells">The cells of the column, without the heading.</param>
    private static bool IsOfNumbers(IEnumerable<string> cells) =>
        cells.Where(cell => cell is not ("" or "–")).ToList() is { Count: > 0 } told
        && told.TrueForAll(cell => char.IsAsciiDigit(cell[0]) || (cell.Length > 1 && cell[0] == '-' && char.IsAsciiDigit(cell[1])));

    private const string Style = """
        :root { --back: #fbfbfa; --text: #1d2126; --soft: #656d76; --line: #dfe2e6; --card: #ffffff; --bar: #2f6fde;
          --c0: #2f6fde; --c1: #d9622b; --c2: #2b9348; --c3: #9b4dca; --c4: #b58900; --c5: #c2255c; }
        @media (prefers-color-scheme: dark) { :root { --back: #14171a; --text: #e6e8ea; --soft: #98a1ab; --line: #2b3138; --card: #1b2025; --bar: #5a93f5;
          --c0: #5a93f5; --c1: #f0884f; --c2: #56c271; --c3: #c08be6; --c4: #e0b341; --c5: #f0709a; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.55 system-ui, sans-serif; }
        main { max-width: 960px; margin: 0 auto; padding: 40px 20px 80px; }
        h1 { font-size: 1.7rem; margin: 0 0 4px; overflow-wrap: anywhere; } h2 { font-size: 1.2rem; margin: 44px 0 12px; }
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
