using System.Text.RegularExpressions;
using Tacit.Cli.Commands.Quantize;
using Tacit.Cli.Output;

namespace Tacit.Cli.Tests.Output;

public sealed partial class LineChartTests
{
    [Fact]
    public void Many_points_are_thinned()
    {
        var curve = new Curve("loss", [.. Enumerable.Range(0, 10_000).Select(i => new CurvePoint(i, 1 + i))]);

        var html = LineChart.ToHtml(new Chart("Losses", [curve]));

        Assert.InRange(Points().Match(html).Groups["points"].Value.Split(' ').Length, 2, LineChart.MaxPoints);
    }

    [Fact]
    public void What_is_not_finite_is_left_out() =>
        Assert.DoesNotContain(
            "NaN",
            LineChart.ToHtml(new Chart("x", [new Curve("a", [new(1, 1), new(2, double.NaN), new(3, 2)])])),
            StringComparison.Ordinal
        );

    [Fact]
    public void Without_points_there_is_no_figure() => Assert.Equal("", LineChart.ToHtml(new Chart("x", [new Curve("a", [])])));

    [Fact]
    public void Names_are_escaped() =>
        Assert.Contains("a&lt;b", LineChart.ToHtml(new Chart("x", [new Curve("a<b", [new(1, 1)])])), StringComparison.Ordinal);

    [GeneratedRegex("points=\"(?<points>[^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex Points();
}
