using Tacit.Graphs;

namespace Tacit.Learning.Tests.Execution.Operators;

[NoTensorLeaks]
public sealed class LinearQuantizationTests
{
    [Fact]
    public void QuantizeAgrees() => Draw.Cases(draw => Conformance.CheckValues(Quantize(draw)), 40);

    [Fact]
    public void HalvesGoToTheEvenNumber() => Conformance.CheckValues(new OperatorCase(
        "QuantizeLinear",
        Attributes.None,
        TensorData.Of<float>([-2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 1000, -1000]),
        TensorData.Scalar(1f),
        TensorData.Scalar((sbyte)0)));

    [Fact]
    public void DequantizeAgrees() => Draw.Cases(
        draw =>
        {
            var (axis, sizes, vector) = (draw.Int(0, 2), draw.Longs(3, 1, 4), draw.Bool());
            long[] parameter = vector ? [sizes[axis]] : [];
            var signed = draw.Bool();
            var x = signed ? draw.SignedBytes(sizes) : draw.Bytes(sizes);
            var zero = draw.Bool() ? null : signed ? draw.SignedBytes(parameter) : draw.Bytes(parameter);
            Conformance.CheckValues(new OperatorCase(
                "DequantizeLinear", Attributes.None.With("axis", draw.Bool() ? axis : axis - 3), x, draw.Floats(0.01f, 1, parameter), zero));
        },
        40);

    [Fact]
    public void DequantizeAgreesOnWideIntegers() => Draw.Cases(draw => Conformance.CheckValues(new OperatorCase(
        "DequantizeLinear",
        Attributes.None.With("axis", 0),
        TensorData.Of<int>([draw.Int(-100000, 100000), draw.Int(-100000, 100000)]),
        draw.Floats(0.001f, 0.1f, [2]))));

    [Theory]
    [InlineData(ElementType.Int4)]
    [InlineData(ElementType.UInt4)]
    public void DequantizeAgreesOnNibbles(ElementType element) => Draw.Cases(draw => Conformance.CheckValues(new OperatorCase(
        "DequantizeLinear",
        Attributes.None.With("axis", 0),
        new Operand(new TensorData(element, [2, 3], draw.Bytes(3).Bytes.ToArray()), IsConstant: true),
        draw.Floats(0.01f, 1, [2]),
        new Operand(new TensorData(element, [2], draw.Bytes(1).Bytes.ToArray()), IsConstant: true))
    { Opset = 21 }));

    [Fact]
    public void DequantizeHasAGradientToItsScale() => Draw.Cases(
        draw => Conformance.CheckGradients(
            new OperatorCase("DequantizeLinear", Attributes.None, draw.Bytes(2, 3), draw.Floats(0.1f, 1, [3]), draw.Bytes(3)), draw),
        5);

    private static OperatorCase Quantize(Draw draw)
    {
        var (axis, sizes, vector) = (draw.Int(0, 2), draw.Longs(3, 1, 4), draw.Bool());
        long[] parameter = vector ? [sizes[axis]] : [];
        var zero = draw.Pick(0, 1, 2) switch { 0 => null, 1 => draw.Bytes(parameter), _ => draw.SignedBytes(parameter) };
        return new OperatorCase(
            "QuantizeLinear",
            Attributes.None.With("axis", draw.Bool() ? axis : axis - 3),
            draw.Floats(-5, 5, sizes),
            draw.Floats(0.02f, 0.2f, parameter),
            zero);
    }
}
