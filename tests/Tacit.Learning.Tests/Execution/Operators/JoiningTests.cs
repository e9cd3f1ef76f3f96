using Tacit.Graphs;

namespace Tacit.Learning.Tests.Execution.Operators;

[NoTensorLeaks]
public sealed class JoiningTests
{
    [Fact]
    public void ConcatAgrees() => Conformance.CheckBoth(draw =>
    {
        var rank = draw.Int(1, 4);
        var axis = draw.Int(0, rank - 1);
        var sizes = draw.Longs(rank, 1, 4);
        var parts = Enumerable.Range(0, draw.Int(1, 4)).Select(_ =>
        {
            sizes[axis] = draw.Long(1, 3);
            return new Operand(draw.Floats([.. sizes]));
        });
        return new OperatorCase("Concat", Attributes.None.With("axis", draw.Bool() ? axis : axis - rank), [.. parts]);
    });

    [Fact]
    public void SplitAgrees() => Conformance.CheckBoth(draw =>
    {
        var rank = draw.Int(1, 4);
        var axis = draw.Int(0, rank - 1);
        var parts = draw.Longs(draw.Int(2, 3), 1, 3);
        var equal = draw.Bool();
        var sizes = draw.Longs(rank, 1, 4);
        sizes[axis] = equal ? parts[0] * parts.Length : parts.Sum();
        return new OperatorCase(
            "Split",
            Attributes.None.With("axis", draw.Bool() ? axis : axis - rank),
            draw.Floats(sizes),
            equal ? new Operand(null) : Operand.Constant(parts))
        { OutputCount = parts.Length };
    });
}
