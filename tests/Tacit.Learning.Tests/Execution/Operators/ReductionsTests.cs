using Tacit.Graphs;

namespace Tacit.Learning.Tests.Execution.Operators;

[NoTensorLeaks]
public sealed class ReductionsTests
{
    [Fact]
    public void MeanAgrees() => Conformance.CheckBoth(draw =>
    {
        var rank = draw.Int(1, 4);
        var attributes = draw.Int(0, 3) == 0
            ? Attributes.None
            : Attributes.None.With("axes", [.. draw.Axes(rank).Select(axis => draw.Bool() ? axis : axis - rank)]);
        attributes = draw.Bool() ? attributes : attributes.With("keepdims", draw.Long(0, 1));
        return new OperatorCase("ReduceMean", attributes, draw.Floats(draw.Longs(rank, 1, 4)));
    });
}
