using CsCheck;
using Tacit.Cli.Commands.Quantize;
using Tacit.Cli.Output;

namespace Tacit.Cli.Tests.Output;

public sealed class TextChartTests
{
    [Fact]
    public void A_falling_line_falls_from_corner_to_corner()
    {
        var lines = new TextChart([Curve("a", (0, 4), (8, 0))], 18, Height: 5).Lines();

        Assert.Equal(["4 ┤⠑⢄", "3 ┤  ⠑⢄", "2 ┤    ⠑⢄", "1 ┤      ⠑⢄", "0 ┤        ⠑⢄", "  └──────────", "   0 2  4 6 8 step"], lines);
    }

    [Fact]
    public void Several_curves_have_letters_and_a_star_where_they_meet()
    {
        var lines = new TextChart([Curve("one", (0, 0), (4, 4)), Curve("two", (0, 4), (4, 0))], 19, Height: 11).Lines();

        Assert.Equal(
            [
                "4 ┤b         a",
                "  │ b       a",
                "  │  b     a",
                "3 ┤   b   a",
                "  │    b a",
                "2 ┤     *",
                "  │    a b",
                "  │   a   b",
                "1 ┤  a     b",
                "  │ a       b",
                "0 ┤a         b",
            ],
            lines.Take(11)
        );
    }

    [Fact]
    public void Wide_ranges_are_logarithmic()
    {
        var lines = new TextChart([Curve("loss", (1, 1000), (100, 1))], 60, Height: 7).Lines();

        Assert.Equal(
            ["1k", "100", "10", "1"],
            lines.Where(line => line.Contains('┤', StringComparison.Ordinal)).Select(line => line.Split('┤')[0].Trim())
        );
    }

    [Fact]
    public void What_is_not_finite_is_left_out()
    {
        Assert.Empty(new TextChart([Curve("loss", (1, double.NaN), (2, double.PositiveInfinity))], 60).Lines());
        Assert.Empty(new TextChart([], 60).Lines());
    }

    [Fact]
    public void No_line_is_longer_than_the_width_and_every_point_is_drawn() =>
        Gen.Select(Gen.Int[30, 120], Gen.Int[2, 20], Gen.Select(Gen.Int[0, 100000], Gen.Double[-1e6, 1e6]).Array[1, 300].Array[1, 4])
            .Sample(
                (width, height, curves) =>
                {
                    var lines = new TextChart(
                        [
                            .. curves.Select(
                                (points, i) => new Curve($"{i}", [.. points.Select(point => new CurvePoint(point.Item1, point.Item2))])
                            ),
                        ],
                        width,
                        height
                    ).Lines();

                    Assert.Equal(height + 2, lines.Count);
                    Assert.All(lines, line => Assert.InRange(line.Length, 0, width));
                    Assert.Contains(
                        lines.Take(height),
                        line => line.Any(c => c is >= '\u2801' and <= '\u28FF' or '*' or >= 'a' and <= 'd')
                    );
                }
            );

    private static Curve Curve(string name, params (double Step, double Value)[] points) =>
        new(name, [.. points.Select(point => new CurvePoint(point.Step, point.Value))]);
}
