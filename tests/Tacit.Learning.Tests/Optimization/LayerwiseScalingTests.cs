using Tacit.Learning.Optimization;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Optimization;

[NoTensorLeaks]
public sealed class LayerwiseScalingTests
{
    [Theory]
    [InlineData(new[] { 3f, 4f }, new[] { 0f, 10f }, 0, new[] { 0f, 0.005f })]
    [InlineData(new[] { 3f, 4f }, new[] { 0f, 10f }, 0.5, new[] { 0.0006f, 0.0048f })] // 0.001 · 5 / 12.5 · (1.5, 12)
    [InlineData(new[] { 0f, 0f }, new[] { 0f, 10f }, 0.5, new[] { 0f, 10f })] // no weights, no ratio
    [InlineData(new[] { 3f, 4f }, new[] { 0f, 0f }, 0.5, new[] { 1.5f, 2f })] // no gradient, no ratio
    public void ScalesByTheRatioOfTheNorms(float[] weights, float[] gradients, double decay, float[] expected)
    {
        using var scope = NewDisposeScope();
        var gradient = tensor(gradients);

        LayerwiseScaling.Apply(gradient, tensor(weights), decay, 0.001);

        Assert.All(expected.Zip(gradient.data<float>().ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }
}
