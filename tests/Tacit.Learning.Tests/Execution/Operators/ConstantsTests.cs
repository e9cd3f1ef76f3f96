using Tacit.Graphs;

namespace Tacit.Learning.Tests.Execution.Operators;

[NoTensorLeaks]
public sealed class ConstantsTests
{
    [Fact]
    public void ShapeAgrees() => Draw.Cases(draw =>
    {
        var attributes = draw.Bool() ? Attributes.None : Attributes.None.With("start", draw.Long(-5, 4));
        attributes = draw.Bool() ? attributes : attributes.With("end", draw.Long(-5, 6));
        Conformance.CheckValues(new OperatorCase("Shape", attributes, draw.Floats(draw.Longs(draw.Int(1, 4), 1, 4))));
    });

    [Fact]
    public void ConstantOfShapeAgrees() => Draw.Cases(draw =>
    {
        var value = draw.Pick<TensorData?>(null, TensorData.Of<long>([7]), TensorData.Of<float>([0.5f]), TensorData.Of<int>([-3]));
        Conformance.CheckValues(new OperatorCase(
            "ConstantOfShape",
            value is null ? Attributes.None : Attributes.None.With("value", value),
            Operand.Constant(draw.Longs(draw.Int(1, 3), 1, 4))));
    });

    [Fact]
    public void CastAgrees() => Draw.Cases(draw =>
    {
        var to = draw.Pick(
            ElementType.Float32, ElementType.Float64, ElementType.Int64, ElementType.Int32, ElementType.UInt8, ElementType.Boolean, ElementType.Float16);
        var from = draw.Pick(draw.Floats(0, 100, [3, 4]), draw.Integers(0, 100, 3, 4), draw.Bytes(3, 4));
        Conformance.CheckValues(new OperatorCase("Cast", Attributes.None.With("to", (long)to), from));
    });

    [Fact]
    public void CastBetweenFloatsHasAGradient() => Draw.Cases(
        draw => Conformance.CheckGradients(
            new OperatorCase("Cast", Attributes.None.With("to", (long)ElementType.Float64), draw.Floats(3)), draw),
        4);
}
