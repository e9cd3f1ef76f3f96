using Tacit.Graphs;
using Tacit.Graphs.Operators;
using Tacit.Learning.Execution;
using Tacit.Learning.Execution.Operators;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Execution.Operators;

[NoTensorLeaks]
public sealed class FakeQuantizeTests
{
    [Fact]
    public void Rounds_to_the_grid_of_a_given_range() =>
        Draw.Cases(draw =>
        {
            using var scope = NewDisposeScope();
            var (low, high) = (draw.Float(-1.5f, 0.5f), draw.Float(0.6f, 1.5f));
            var quantizer = Drawn(draw, axis: null);
            var x = draw.Floats(4, 5);

            var actual = FakeQuantize.Apply(x.ToTensor(), tensor(low), tensor(high), quantizer);

            AssertOnGrid(x.As<float>(), actual, quantizer.Over(low, high));
        });

    [Fact]
    public void Rounds_to_the_grid_of_its_own_range() =>
        Draw.Cases(draw =>
        {
            using var scope = NewDisposeScope();
            var quantizer = Drawn(draw, axis: null);
            var x = draw.Floats(-1, 3, [4, 5]);
            var elements = x.As<float>().ToArray();

            var actual = FakeQuantize.Apply(x.ToTensor(), null, null, quantizer);

            AssertOnGrid(elements, actual, quantizer.Over(elements.Min(), elements.Max()));
        });

    [Fact]
    public void Gives_each_channel_its_own_grid() =>
        Draw.Cases(draw =>
        {
            using var scope = NewDisposeScope();
            var axis = draw.Int(0, 2);
            var quantizer = Drawn(draw, axis - (draw.Bool() ? 3 : 0));
            var x = draw.Floats(draw.Longs(3, 1, 4)).ToTensor();

            var actual = FakeQuantize.Apply(x, null, null, quantizer);

            for (var channel = 0; channel < x.shape[axis]; channel++)
            {
                var elements = x.select(axis, channel).contiguous().data<float>().ToArray();
                AssertOnGrid(elements, actual.select(axis, channel), quantizer.Over(elements.Min(), elements.Max()));
            }
        });

    [Fact]
    public void Takes_a_given_range_per_channel() =>
        Draw.Cases(draw =>
        {
            using var scope = NewDisposeScope();
            var quantizer = Drawn(draw, axis: 1);
            var x = draw.Floats(2, 3, 4).ToTensor();
            float[] low = [draw.Float(-1, 0.2f), draw.Float(-1, 0.2f), draw.Float(-1, 0.2f)],
                high = [draw.Float(0.3f, 1), draw.Float(0.3f, 1), 0.3f];

            var actual = FakeQuantize.Apply(x, tensor(low), tensor(high), quantizer);

            for (var channel = 0; channel < 3; channel++)
            {
                var elements = x.select(1, channel).contiguous().data<float>().ToArray();
                AssertOnGrid(elements, actual.select(1, channel), quantizer.Over(low[channel], high[channel]));
            }
        });

    [Theory]
    [InlineData(null)]
    [InlineData(0)]
    public void Passes_the_gradient_straight_through_also_where_clipped(int? axis)
    {
        using var scope = NewDisposeScope();
        var x = new Draw(1).Floats(3, 4).ToTensor().requires_grad_(true);
        var range = axis is null ? tensor(0.3f) : tensor(new[] { 0.3f, 0.2f, 0.1f });
        var high = range.clone().requires_grad_(true);
        var factors = new Draw(2).Floats(3, 4).ToTensor();

        (FakeQuantize.Apply(x, -range, high, new Quantizer { Bits = 3, Axis = axis }) * factors).sum().backward();

        Assert.True(x.grad!.equal(factors).all().ToBoolean());
        Assert.Null(high.grad);
    }

    // q = clamp(round(x / s), -h, h), where h = 2^(bits-1) - 1 and s = m / h; m is the larger end of the range of each channel, or of all
    // channels.
    [Fact]
    public void A_symmetric_grid_reaches_as_far_down_as_up() =>
        Draw.Cases(
            draw =>
            {
                using var scope = NewDisposeScope();
                var (bits, given) = (draw.Int(2, 8), draw.Bool());
                var sizes = draw.Longs(draw.Int(1, 4), 1, 4);
                int? axis = draw.Bool() ? draw.Int(0, sizes.Length - 1) : null;
                var data = draw.Floats(-3, draw.Float(0.5f, 3), sizes);
                var factors = draw.Floats(sizes);
                var (low, high) = (draw.Float(-2, -0.1f), draw.Float(0.1f, 2));
                var numbers = data.As<float>().ToArray();
                var channels = axis is { } channel ? sizes[channel] : 1;
                var inner = axis is { } outer ? sizes.Skip(outer + 1).Aggregate(1L, (a, b) => a * b) : numbers.Length;
                var x = data.ToTensor().requires_grad_(true);

                var actual = Symmetric(
                    x,
                    given ? full([channels], low).reshape(axis is null ? [] : [channels]) : null,
                    given ? full([channels], high).reshape(axis is null ? [] : [channels]) : null,
                    bits,
                    axis
                );
                (actual * factors.ToTensor()).sum().backward();

                var got = actual.detach().contiguous().data<float>().ToArray();
                var most = (1 << (bits - 1)) - 1;
                for (var i = 0; i < numbers.Length; i++)
                {
                    var own = numbers.Where((_, other) => other / inner % channels == i / inner % channels).ToList();
                    var end = given ? MathF.Max(-low, high) : MathF.Max(-own.Min(), own.Max());
                    var step = MathF.Max(MathF.Max(end, 0) / most, 1e-8f);
                    Assert.Equal(Math.Clamp(MathF.Round(numbers[i] / step), -most, most) * step, got[i]);
                }

                Assert.Equal(factors.As<float>().ToArray(), x.grad!.contiguous().data<float>().ToArray());
            },
            count: 60
        );

    [Fact]
    public void Leaves_its_arguments_alone()
    {
        using var scope = NewDisposeScope();
        var x = new Draw(1).Floats(3, 4).ToTensor();
        var before = x.clone();
        var low = tensor(0.5f);

        FakeQuantize.Apply(x, low, null, new Quantizer { Bits = 3 });

        Assert.True(x.equal(before).all().ToBoolean());
        Assert.Equal(0.5f, low.ToSingle());
    }

    [Fact]
    public void A_constant_tensor_of_zeros_stays_zero()
    {
        using var scope = NewDisposeScope();
        Assert.Equal(0, FakeQuantize.Apply(zeros(4), null, null, new Quantizer()).abs().max().ToSingle());
    }

    private static Tensor Symmetric(Tensor x, Tensor? low, Tensor? high, int bits, int? axis) =>
        FakeQuantize.Apply(
            x,
            low,
            high,
            new Quantizer
            {
                Bits = bits,
                Axis = axis,
                IsSymmetric = true,
            }
        );

    private static Quantizer Drawn(Draw draw, int? axis) =>
        new()
        {
            Bits = draw.Int(2, 8),
            Axis = axis,
            IsSymmetric = draw.Bool(),
        };

    private static void AssertOnGrid(ReadOnlySpan<float> x, Tensor actual, QuantizationGrid grid)
    {
        using var dense = actual.contiguous();
        var got = dense.data<float>().ToArray();
        for (var i = 0; i < x.Length; i++)
        {
            Assert.Equal(grid.Dequantize(grid.Quantize(x[i])), got[i]);
        }
    }
}
