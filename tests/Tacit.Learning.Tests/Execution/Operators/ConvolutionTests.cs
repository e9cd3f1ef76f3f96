using Tacit.Graphs;

namespace Tacit.Learning.Tests.Execution.Operators;

[NoTensorLeaks]
public sealed class ConvolutionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Agrees(int rank) => Conformance.CheckBoth(draw => Case(draw, rank), rank == 3 ? 15 : 30);

    private static OperatorCase Case(Draw draw, int rank)
    {
        var groups = draw.Int(1, 3);
        var (inward, outward) = (groups * draw.Int(1, 2), groups * draw.Int(1, 2));
        var kernel = draw.Longs(rank, 1, 3);
        var attributes = Attributes.None.With("group", groups);
        attributes = Windows.Draw(draw, attributes, kernel, declareKernel: draw.Bool(), dilated: true);
        var bias = draw.Bool() ? draw.Floats(outward) : null;
        return new OperatorCase(
            "Conv",
            attributes,
            draw.Floats([draw.Long(1, 2), inward, .. draw.Longs(rank, 5, rank == 3 ? 6 : 9)]),
            draw.Floats([outward, inward / groups, .. kernel]),
            bias);
    }
}
