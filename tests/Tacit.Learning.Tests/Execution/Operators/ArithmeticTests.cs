using Tacit.Graphs;

namespace Tacit.Learning.Tests.Execution.Operators;

[NoTensorLeaks]
public sealed class ArithmeticTests
{
    [Theory]
    [InlineData("Add")]
    [InlineData("Sub")]
    [InlineData("Mul")]
    [InlineData("Div")]
    public void AgreesWithBroadcasting(string name) => Conformance.CheckBoth(draw =>
    {
        var sizes = draw.Longs(draw.Int(0, 4), 1, 4);
        var (left, right) = (Thinned(draw, sizes), Thinned(draw, sizes));
        return new OperatorCase(name, Attributes.None, draw.Floats(left), draw.Floats(0.5f, 2, right));
    });

    [Theory]
    [InlineData("Add")]
    [InlineData("Sub")]
    [InlineData("Mul")]
    [InlineData("Div")]
    public void AgreesOnIntegers(string name) => Draw.Cases(draw =>
        Conformance.CheckValues(new OperatorCase(name, Attributes.None, draw.Integers(-20, 20, 3, 4), draw.Integers(1, 9, 4))));

    // Some dimensions become 1, and leading ones go.
    private static long[] Thinned(Draw draw, long[] sizes) =>
        [.. sizes.Select(size => draw.Int(0, 3) == 0 ? 1 : size).Skip(draw.Int(0, sizes.Length))];
}
