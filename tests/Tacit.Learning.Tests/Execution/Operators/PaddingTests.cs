using Tacit.Graphs;

namespace Tacit.Learning.Tests.Execution.Operators;

[NoTensorLeaks]
public sealed class PaddingTests
{
    [Theory]
    [InlineData("constant")]
    [InlineData("edge")]
    [InlineData("reflect")]
    public void Agrees(string mode) => Conformance.CheckBoth(draw =>
    {
        var rank = draw.Int(1, 4);
        var value = mode == "constant" && draw.Bool() ? TensorData.Scalar(draw.Float(-1, 1)) : null;
        return new OperatorCase(
            "Pad",
            mode == "constant" && draw.Bool() ? Attributes.None : Attributes.None.With("mode", mode),
            draw.Floats(draw.Longs(rank, 3, 5)),
            Operand.Constant(draw.Longs(2 * rank, 0, 2)),
            new Operand(value, IsConstant: true));
    });

    [Fact]
    public void NegativePadsCrop() => Draw.Cases(draw => Conformance.CheckValues(new OperatorCase(
        "Pad",
        Attributes.None,
        draw.Floats(2, 5, 5),
        Operand.Constant(draw.Longs(6, 0, 1).Select((pad, i) => i is 0 or 3 ? pad : pad - 2).ToArray()))));
}
