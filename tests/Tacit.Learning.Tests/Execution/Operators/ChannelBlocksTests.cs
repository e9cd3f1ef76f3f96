using Tacit.Learning.Execution.Operators;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Tacit.Learning.Tests.Execution.Operators;

/// <summary>Padding of channels changes neither results nor gradients. Tested in Float64, which oneDNN does not compute.</summary>
[NoTensorLeaks]
public sealed class ChannelBlocksTests
{
    [Theory]
    [InlineData(1, 3, 5)]
    [InlineData(1, 8, 20)]
    [InlineData(2, 3, 5)]
    [InlineData(3, 1, 2)]
    [InlineData(12, 1, 1)]
    public void A_convolution_is_the_same(long groups, long inputs, long outputs) =>
        Check(
            [groups * outputs, inputs, 3, 3],
            groups,
            inputs,
            outputs,
            (x, weight, bias, parts) => functional.conv2d(x, weight, bias, [2, 1], [1, 0], [1, 1], parts)
        );

    [Theory]
    [InlineData(1, 3, 5)]
    [InlineData(2, 3, 5)]
    [InlineData(12, 1, 1)]
    public void A_transposed_convolution_is_the_same(long groups, long inputs, long outputs) =>
        Check(
            [groups * inputs, outputs, 3, 3],
            groups,
            inputs,
            outputs,
            (x, weight, bias, parts) => functional.conv_transpose2d(x, weight, bias, [2, 1], [1, 0], [1, 0], [1, 1], parts)
        );

    private static void Check(long[] sizes, long groups, long inputs, long outputs, Func<Tensor, Tensor, Tensor?, long, Tensor> convolve)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator(5);
        Tensor[] given =
        [
            .. new[] { [2, groups * inputs, 6, 7], sizes, [groups * outputs] }.Select(shape =>
                randn(shape, ScalarType.Float64, generator: generator).requires_grad_()
            ),
        ];

        var expected = Run((x, weight, bias) => convolve(x, weight, bias, groups));
        var actual = Run((x, weight, bias) => ChannelBlocks.ConvolveFilled(x, weight, bias, groups, outputs, convolve));

        foreach (var (one, other) in expected.Zip(actual))
        {
            Assert.Equal(one.shape, other.shape);
            Assert.True(one.allclose(other, 1e-9, 1e-9));
        }

        Tensor[] Run(Func<Tensor, Tensor, Tensor, Tensor> compute)
        {
            var y = compute(given[0], given[1], given[2]);
            return [y, .. autograd.grad([y.square().sum()], given)];
        }
    }
}
