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

        var html = new LineChart("Losses", [curve]).ToHtml();

        Assert.InRange(Points().Match(html).Groups["points"].Value.Split(' ').Length, 2, LineChart.MaxPoints);
    }

    [Fact]
    public void What_is_not_finite_is_left_out() =>
        Assert.DoesNotContain(
            "NaN",
            new LineChart("x", [new Curve("a", [new(1, 1), new(2, double.NaN), new(3, 2)])]).ToHtml(),
            StringComparison.Ordinal
        );

    [Fact]
    public void Without_points_there_is_no_figure() => Assert.Equal("", new LineChart("x", [new Curve("a", [])]).ToHtml());

    [Fact]
    public void Names_are_escaped() =>
        Assert.Contains("a&lt;b", new LineChart("x", [new Curve("a<b", [new(1, 1)])]).ToHtml(), StringComparison.Ordinal);

    [GeneratedRegex("points=\"(?<points>[^\"]*)\"", RegexOptions.None, 1000)]
    private static partial Regex Points();
}
