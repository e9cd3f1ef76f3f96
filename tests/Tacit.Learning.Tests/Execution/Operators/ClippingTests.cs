using Tacit.Graphs;

namespace Tacit.Learning.Tests.Execution.Operators;

[NoTensorLeaks]
public sealed class ClippingTests
{
    [Fact]
    public void Agrees() => Conformance.CheckBoth(draw => new OperatorCase(
        "Clip",
        Attributes.None,
        draw.Floats(3, 4),
        new Operand(draw.Bool() ? TensorData.Scalar(draw.Float(-1, 0)) : null, IsConstant: true),
        new Operand(draw.Bool() ? TensorData.Scalar(draw.Float(0.1f, 1)) : null, IsConstant: true)));

    [Fact]
    public void AgreesOnBytes() => Draw.Cases(draw => Conformance.CheckValues(new OperatorCase(
        "Clip",
        Attributes.None,
        draw.Bytes(3, 4),
        new Operand(TensorData.Scalar((byte)draw.Int(0, 100)), IsConstant: true),
        new Operand(TensorData.Scalar((byte)draw.Int(100, 255)), IsConstant: true))));

    [Fact]
    public void AgreesOnSignedBytes() => Draw.Cases(draw => Conformance.CheckValues(new OperatorCase(
        "Clip",
        Attributes.None,
        draw.SignedBytes(3, 4),
        new Operand(TensorData.Scalar((sbyte)draw.Int(-100, 0)), IsConstant: true),
        new Operand(TensorData.Scalar((sbyte)draw.Int(0, 100)), IsConstant: true))));
}
