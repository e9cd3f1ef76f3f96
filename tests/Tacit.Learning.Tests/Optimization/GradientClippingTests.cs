using Tacit.Learning.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Optimization;

[NoTensorLeaks]
public sealed class GradientClippingTests
{
    [Fact]
    public void Norm_is_that_of_all_gradients_together()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(13, GradientClipping.GlobalNorm([With(3, 4), With(12), zeros(2, requires_grad: true)]), 5);
    }

    [Fact]
    public void No_gradients_have_norm_zero()
    {
        using var scope = NewDisposeScope();

        Assert.Equal(0, GradientClipping.GlobalNorm([zeros(2, requires_grad: true)]));
    }

    [Fact]
    public void Gradients_are_scaled_to_the_limit()
    {
        using var scope = NewDisposeScope();
        Tensor[] parameters = [With(3, 4), With(12)];

        Assert.Equal(13, GradientClipping.ClipGlobalNorm(parameters, 1), 5);
        Assert.Equal(1, GradientClipping.GlobalNorm(parameters), 5);
        Assert.Equal(3f / 13, parameters[0].grad!.data<float>()[0], 5);
    }

    [Fact]
    public void Small_gradients_stay()
    {
        using var scope = NewDisposeScope();
        var parameter = With(3, 4);

        GradientClipping.ClipGlobalNorm([parameter], 6);

        Assert.Equal([3f, 4f], parameter.grad!.data<float>().ToArray());
    }

    [Fact]
    public void Infinite_gradients_stay()
    {
        using var scope = NewDisposeScope();
        var parameter = With(float.PositiveInfinity, 4);

        Assert.Equal(double.PositiveInfinity, GradientClipping.ClipGlobalNorm([parameter], 1));
        Assert.Equal([float.PositiveInfinity, 4f], parameter.grad!.data<float>().ToArray());
    }

    private static Tensor With(params float[] gradient)
    {
        var parameter = zeros(gradient.Length, requires_grad: true);
        parameter.grad = tensor(gradient);
        return parameter;
    }
}
