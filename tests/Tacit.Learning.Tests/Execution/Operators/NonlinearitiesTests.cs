using Tacit.Graphs;

namespace Tacit.Learning.Tests.Execution.Operators;

[NoTensorLeaks]
public sealed class NonlinearitiesTests
{
    [Theory]
    [InlineData("Relu")]
    [InlineData("Sigmoid")]
    [InlineData("Tanh")]
    [InlineData("HardSwish")]
    [InlineData("HardSigmoid")]
    [InlineData("LeakyRelu")]
    public void Agrees(string name) => Conformance.CheckBoth(draw => new OperatorCase(name, Attributes.None, Wide(draw)), 12);

    [Fact]
    public void LeakyReluAgreesWithASlope() => Conformance.CheckBoth(draw =>
        new OperatorCase("LeakyRelu", Attributes.None.With("alpha", draw.Float(0, 0.5f)), Wide(draw)));

    [Fact]
    public void HardSigmoidAgreesWithALine() => Conformance.CheckBoth(draw =>
        new OperatorCase("HardSigmoid", Attributes.None.With("alpha", draw.Float(0.1f, 0.5f)).With("beta", draw.Float(0.2f, 0.8f)), Wide(draw)));

    [Fact]
    public void SoftmaxAgrees() => Conformance.CheckBoth(draw =>
    {
        var rank = draw.Int(1, 4);
        return new OperatorCase("Softmax", Attributes.None.With("axis", draw.Long(-rank, rank - 1)), draw.Floats(draw.Longs(rank, 1, 5)));
    });

    private static TensorData Wide(Draw draw) => draw.Floats(-6, 6, draw.Longs(draw.Int(0, 4), 1, 4));
}
