using Tacit.Graphs;

namespace Tacit.Learning.Tests.Execution.Operators;

[NoTensorLeaks]
public sealed class ShapingTests
{
    [Fact]
    public void IdentityAgrees() => Conformance.CheckBoth(draw => new OperatorCase("Identity", Attributes.None, draw.Floats(2, 3)), 4);

    [Fact]
    public void ReshapeAgrees() => Conformance.CheckBoth(draw =>
    {
        var sizes = draw.Longs(3, 1, 4);
        long[] wanted = draw.Pick<long[]>(
            [sizes[0], -1],
            [-1],
            [0, 0, -1],
            [0, sizes[1] * sizes[2]],
            [sizes[2], 1, sizes[0], sizes[1]],
            [0, -1, sizes[2], 1]);
        return new OperatorCase("Reshape", Attributes.None, draw.Floats(sizes), Operand.Constant(wanted));
    });

    [Fact]
    public void FlattenAgrees() => Conformance.CheckBoth(draw =>
    {
        var rank = draw.Int(1, 4);
        return new OperatorCase("Flatten", Attributes.None.With("axis", draw.Long(-rank, rank)), draw.Floats(draw.Longs(rank, 1, 4)));
    });

    [Fact]
    public void SqueezeAgrees() => Conformance.CheckBoth(draw => new OperatorCase(
        "Squeeze",
        Attributes.None,
        draw.Floats(1, draw.Long(2, 3), 1, draw.Long(2, 3), 1),
        draw.Pick(new Operand(null), Operand.Constant(0), Operand.Constant(2, -1), Operand.Constant(-3))));

    [Fact]
    public void UnsqueezeAgrees() => Conformance.CheckBoth(draw => new OperatorCase(
        "Unsqueeze",
        Attributes.None,
        draw.Floats(draw.Longs(2, 1, 4)),
        draw.Pick(Operand.Constant(0), Operand.Constant(3, 0), Operand.Constant(-1, 1), Operand.Constant(1))));

    [Fact]
    public void TransposeAgrees() => Conformance.CheckBoth(draw =>
    {
        var rank = draw.Int(1, 5);
        var attributes = draw.Int(0, 4) == 0 ? Attributes.None : Attributes.None.With("perm", [.. draw.Order(rank)]);
        return new OperatorCase("Transpose", attributes, draw.Floats(draw.Longs(rank, 1, 4)));
    });
}
