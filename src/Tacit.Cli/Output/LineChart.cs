using System.Globalization;
using System.Net;
using System.Text;

namespace Tacit.Cli.Output;

/// <summary>
/// Draws curves over steps as inline SVG. The colours are defined by the page, so that the chart follows its light or dark
/// scheme.
/// </summary>
/// <remarks>
/// The value axis is logarithmic if the values are positive and span a decade or more. The colours repeat after six curves. The
/// drawing has a size of 640 x 260 units and scales to the width of the page.
/// </remarks>
internal static class LineChart
{
    /// <summary>
    /// The maximum number of points drawn for each curve. Longer curves are reduced to means over runs of points, which keeps
    /// the file small.
    /// </summary>
    public const int MaxPoints = 400;

    private const double Width = 640,
        Height = 260,
        Left = 62,
        Right = 12,
        Top = 12,
        Bottom = 42;

    /// <summary>Creates the figure with the title, the plot and the legend.</summary>
    /// <param name="chart">The chart.</param>
    /// <returns>The markup; empty if there is no curve to draw.</returns>
    public static string ToHtml(Chart chart)
    {
        var (title, curves) = (
            WebUtility.HtmlEncode(chart.Title),
            chart
                .Curves.Select(curve => curve with { Points = Thin([.. curve.Points.Where(point => double.IsFinite(point.Value))]) })
                .Where(curve => curve.Points.Count > 0)
                .ToList()
        );
        if (curves.Count == 0)
        {
            return "";
        }

        var points = curves.SelectMany(curve => curve.Points).ToList();
        var values = Axis.Over(points.Min(point => point.Value), points.Max(point => point.Value), logarithmic: true);
        var steps = Axis.Over(points.Min(point => point.Step), points.Max(point => point.Step), logarithmic: false);
        var svg = new StringBuilder();
        svg.Append(Culture, $"<figure><figcaption>{title}</figcaption>");
        svg.Append(Culture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{title}\">");
        foreach (var tick in values.Ticks)
        {
            var y = Y(values.Place(tick));
            svg.Append(Culture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/>");
            svg.Append(Culture, $"<text x=\"{Left - 6}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{Axis.Label(tick)}</text>");
        }

        foreach (var tick in steps.Ticks)
        {
            svg.Append(
                Culture,
                $"<text x=\"{X(steps.Place(tick)):0.#}\" y=\"{Height - 22}\" text-anchor=\"middle\">{Axis.Label(tick)}</text>"
            );
        }

        svg.Append(Culture, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 5}\" text-anchor=\"middle\">step</text>");
        for (var i = 0; i < curves.Count; i++)
        {
            var line = string.Join(
                ' ',
                curves[i]
                    .Points.Select(point => string.Create(Culture, $"{X(steps.Place(point.Step)):0.#},{Y(values.Place(point.Value)):0.#}"))
            );
            svg.Append(Culture, $"<polyline class=\"c{i % 6}\" points=\"{line}\"/>");
        }

        svg.Append("</svg><p class=\"legend\">");
        for (var i = 0; i < curves.Count; i++)
        {
            svg.Append(Culture, $"<span class=\"c{i % 6}\">{WebUtility.HtmlEncode(curves[i].Name)}</span> ");
        }

        return svg.Append("</p></figure>").ToString();
    }

    private static CultureInfo Culture => CultureInfo.InvariantCulture;

    /// <summary>Converts a relative position on the step axis to a horizontal coordinate.</summary>
    private static double X(double place) => Left + place * (Width - Left - Right);

    /// <summary>Converts a relative position on the value axis to a vertical coordinate; 0 is at the bottom of the plot.</summary>
    private static double Y(double place) => Height - Bottom - place * (Height - Top - Bottom);

    /// <summary>
    /// Reduces a curve to at most <see cref="MaxPoints"/> points by averaging equal runs, so that a spike remains visible. The
    /// step of a mean is that of the last point of its run.
    /// </summary>
    private static List<CurvePoint> Thin(List<CurvePoint> points)
    {
        if (points.Count <= MaxPoints)
        {
            return points;
        }

        var run = (points.Count + MaxPoints - 1) / MaxPoints;
        return [.. points.Chunk(run).Select(chunk => new CurvePoint(chunk[^1].Step, chunk.Average(point => point.Value)))];
    }
}
