using CsCheck;
using Tacit.Graphs.Rewriting;

namespace Tacit.Graphs.Tests.Rewriting;

public sealed class QuantizationGridTests
{
    private static readonly Gen<(float Low, float High, int Bits)> Ranges = Gen.Select(
        Gen.Float[-5, 5],
        Gen.Float[0, 5],
        Gen.Int[2, 8],
        (low, width, bits) => (low, low + width, bits)
    );

    [Fact]
    public void Example_of_the_documentation_holds()
    {
        var grid = QuantizationGrid.Over(-0.2f, 0.5f, bits: 3);

        Assert.Equal((0.1f, -2, 5), (grid.Scale, grid.Lowest, grid.Highest));
        Assert.Equal(3, grid.Quantize(0.26f));
    }

    [Fact]
    public void Zero_is_exact() =>
        Ranges.Sample(range =>
        {
            var grid = QuantizationGrid.Over(range.Low, range.High, range.Bits);
            Assert.InRange(0, grid.Lowest, grid.Highest);
            Assert.Equal(0, grid.Dequantize(grid.Quantize(0)));
        });

    [Fact]
    public void Numbers_in_range_err_by_at_most_half_a_step() =>
        Gen.Select(Ranges, Gen.Float[0, 1])
            .Sample(
                (range, at) =>
                {
                    var grid = QuantizationGrid.Over(range.Low, range.High, range.Bits);
                    var value = range.Low + at * (range.High - range.Low);

                    // The zero point is rounded, so that the ends of the range may lie half a step outside the grid.
                    Assert.InRange(MathF.Abs(grid.Dequantize(grid.Quantize(value)) - value), 0, grid.Scale * 1.001f + 1e-6f);
                    if (value > grid.Dequantize(grid.Lowest) && value < grid.Dequantize(grid.Highest))
                    {
                        Assert.InRange(MathF.Abs(grid.Dequantize(grid.Quantize(value)) - value), 0, grid.Scale * 0.501f + 1e-6f);
                    }
                }
            );

    [Fact]
    public void A_symmetric_grid_reaches_as_far_down_as_up()
    {
        var grid = QuantizationGrid.Symmetric(-0.2f, 1.27f, bits: 8);

        Assert.Equal((0.01f, -127, 127), (grid.Scale, grid.Lowest, grid.Highest));
        Assert.Equal(-20, grid.Quantize(-0.2f));
    }

    [Fact]
    public void A_range_of_no_width_has_a_scale() => Assert.Equal(QuantizationGrid.SmallestScale, QuantizationGrid.Over(0, 0, 8).Scale);

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public void Bits_out_of_range_are_refused(int bits) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => QuantizationGrid.Over(0, 1, bits));
}
