using CsCheck;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Tests.Operators;

public sealed class QuantizerTests
{
    private static readonly Gen<Quantizer> Quantizers = Gen.Select(
        Gen.Int[2, 8],
        Gen.Int[-1, 2],
        Gen.Bool,
        Gen.Int[63, 127],
        (bits, axis, isSymmetric, largest) =>
            new Quantizer
            {
                Bits = bits,
                Axis = axis < 0 ? null : axis,
                IsSymmetric = isSymmetric,
                Largest = largest,
            }
    );

    private static readonly Gen<(float Low, float High)> Ranges = Gen.Select(
        Gen.Float[-5, 5],
        Gen.Float[0, 5],
        (low, width) => (low, low + width)
    );

    [Fact]
    public void Example_of_the_documentation_holds()
    {
        var grid = new Quantizer { Bits = 3 }.Over(-0.2f, 0.5f);

        Assert.Equal((0.1f, -2, 5, 2), (grid.Scale, grid.Lowest, grid.Highest, grid.ZeroPoint));
        Assert.Equal(3, grid.Quantize(0.26f));
    }

    [Fact]
    public void Attributes_are_read_as_they_were_written() =>
        Quantizers.Sample(quantizer =>
        {
            var node = new Node("y", Quantizer.Operator, ["x"], ["y"], quantizer.ToAttributes());

            Assert.Equal(quantizer, Quantizer.Of(node));
        });

    [Fact]
    public void A_node_of_another_operator_has_none() =>
        Assert.Null(Quantizer.Of(new Node("y", "QuantizeLinear", ["x"], ["y"], new Quantizer().ToAttributes())));

    [Fact]
    public void The_grid_over_a_range_is_that_of_the_formula() =>
        Gen.Select(Quantizers, Ranges)
            .Sample((quantizer, range) => AssertGrid(quantizer, range.Low, range.High, quantizer.Over(range.Low, range.High)));

    [Fact]
    public void Each_channel_of_a_tensor_has_the_grid_over_its_own_range() =>
        Gen.Select(Quantizers, Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[1, 3], Gen.Float[-2, 2].Array[27])
            .Sample(
                (quantizer, a, b, c, numbers) =>
                {
                    long[] sizes = [a, b, c];
                    var tensor = TensorData.Of<float>([.. numbers.Take(a * b * c)], sizes);

                    var grids = quantizer.Over(tensor);

                    Assert.Equal(quantizer.Axis is { } axis ? sizes[axis] : 1, grids.Length);
                    for (var channel = 0; channel < grids.Length; channel++)
                    {
                        var own = Enumerable.Range(0, a * b * c).Where(i => Channel(i) == channel).Select(i => numbers[i]).ToList();
                        AssertGrid(quantizer, own.Min(), own.Max(), grids[channel]);
                    }

                    int Channel(int i) =>
                        quantizer.Axis switch
                        {
                            0 => i / c / b,
                            1 => i / c % b,
                            2 => i % c,
                            _ => 0,
                        };
                }
            );

    [Fact]
    public void Zero_is_exact() =>
        Gen.Select(Quantizers, Ranges)
            .Sample(
                (quantizer, range) =>
                {
                    var grid = quantizer.Over(range.Low, range.High);
                    Assert.InRange(0, grid.Lowest, grid.Highest);
                    Assert.Equal(0, grid.Dequantize(grid.Quantize(0)));
                }
            );

    [Fact]
    public void Numbers_in_range_err_by_at_most_half_a_step() =>
        Gen.Select(Quantizers, Ranges, Gen.Float[0, 1])
            .Sample(
                (quantizer, range, at) =>
                {
                    var grid = quantizer.Over(range.Low, range.High);
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
    public void Weights_of_any_bits_stay_within_the_largest_and_fill_it_by_more_than_half() =>
        Gen.Select(Gen.Int[2, 8], Gen.Int[63, 127], Ranges)
            .Sample(
                (bits, largest, range) =>
                {
                    var quantizer = Quantizer.OfWeights(bits, axis: 0, largest);
                    var grid = quantizer.Over(range.Low, range.High);

                    var stored = quantizer.Spread(grid) * Math.Max(-grid.Lowest, grid.Highest);
                    Assert.InRange(stored, largest / 2, largest);
                }
            );

    [Theory]
    [InlineData(8, 127, 8, true)]
    [InlineData(8, 126, 7, true)]
    [InlineData(7, 127, 7, true)]
    [InlineData(6, 127, 6, false)]
    public void Weights_are_symmetric_from_7_bits_and_have_8_only_in_a_whole_byte(int asked, int largest, int bits, bool isSymmetric)
    {
        var quantizer = Quantizer.OfWeights(asked, axis: 1, largest);

        Assert.Equal((bits, 1, isSymmetric, largest), (quantizer.Bits, quantizer.Axis, quantizer.IsSymmetric, quantizer.Largest));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_range_of_no_width_has_a_grid(bool isSymmetric) =>
        AssertGrid(new Quantizer { IsSymmetric = isSymmetric }, 0, 0, new Quantizer { IsSymmetric = isSymmetric }.Over(0, 0));

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    public void Bits_out_of_range_are_refused(int bits)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new Quantizer { Bits = bits });
        Assert.Throws<ArgumentOutOfRangeException>(() => Quantizer.OfWeights(bits, axis: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Quantizer.Of(Attributes.None.With("bits", bits)));
    }

    [Theory]
    [InlineData(62)]
    [InlineData(128)]
    public void A_largest_weight_out_of_range_is_refused(int largest) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Quantizer { Largest = largest });

    // A naive implementation, with the scale in double precision.
    private static void AssertGrid(Quantizer quantizer, float low, float high, QuantizationGrid grid)
    {
        var (bottom, top) = ((double)Math.Min(low, 0), (double)Math.Max(high, 0));
        var (lowest, highest) = (0.0, 0.0);
        double scale;
        if (quantizer.IsSymmetric)
        {
            highest = Math.Pow(2, quantizer.Bits - 1) - 1;
            lowest = -highest;
            scale = Math.Max(Math.Max(-bottom, top) / highest, 1e-8);
        }
        else
        {
            var steps = Math.Pow(2, quantizer.Bits) - 1;
            scale = Math.Max((top - bottom) / steps, 1e-8);
            lowest = MathF.Round(Math.Min(low, 0) / grid.Scale); // in single precision, because the last bit can decide a tie
            highest = lowest + steps;
        }

        Assert.Equal(scale, grid.Scale, scale * 1e-6);
        Assert.Equal(highest - lowest, grid.Steps);
        Assert.Equal((lowest, highest), (grid.Lowest, grid.Highest));
    }
}
