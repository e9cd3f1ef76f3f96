using CsCheck;

namespace Tacit.Graphs.Tests.Operators;

public sealed class SliceTests
{
    private static readonly Gen<long> AnyPlace = Gen.Frequency(
        (6, Gen.Long[-12, 12]),
        (1, Gen.OneOf(long.MaxValue, long.MinValue, int.MaxValue, int.MinValue, -long.MaxValue))
    );

    private static readonly Gen<long> AnyStep = Gen.OneOf(1L, 1, 2, 3, -1, -2, -3);

    [Fact]
    public void Sizes_are_those_of_the_runtime() =>
        Gen.Select(Gen.Long[1, 9], AnyPlace, AnyPlace, AnyStep)
            .Sample(
                (size, start, end, step) =>
                {
                    var model = Network(size, start, end, step);

                    var expected = Runtime.Output(model, new Dictionary<string, long[]> { ["x"] = [2, size] }).Sizes;

                    Assert.Equal(expected, Graphs.Operators.ShapeInference.Infer(model)["y"].Shape.ToSizes());
                },
                iter: 150,
                threads: 1
            );

    // If a symbolic size has a result, it is the result for every size that has the stated positions.
    [Fact]
    public void Symbolic_sizes_stand_for_all_sizes() =>
        Gen.Select(Gen.Long[12, 20], AnyPlace, AnyPlace, AnyStep)
            .Sample(
                (size, start, end, step) =>
                {
                    try
                    {
                        var symbolic = Infer("H", start, end, step);
                        Assert.Equal(
                            Infer(size, start, end, step).ToSizes(),
                            SymbolicSize.Evaluate(symbolic, new Dictionary<string, long> { ["H"] = size })
                        );
                    }
                    catch (UnsuitableModelException exception)
                    {
                        Assert.Contains("parameter 'inputs'", exception.Message, StringComparison.Ordinal);
                    }
                },
                iter: 1000,
                threads: 1
            );

    [Theory]
    [InlineData(0, long.MaxValue, 2, "floor((H+1)/(2))")]
    [InlineData(0, -1, 1, "H-1")]
    [InlineData(-1, long.MinValue, -1, "H")]
    public void A_symbolic_size_stays_readable(long start, long end, long step, string expected) =>
        Assert.Equal(expected, Infer("H", start, end, step)[1].ToString());

    private static Shape Infer(Dimension size, long start, long end, long step) =>
        Graphs.Operators.ShapeInference.Infer(Network(size, start, end, step))["y"].Shape;

    private static Model Network(Dimension size, long start, long end, long step) =>
        SingleNode.Network(
            "Slice",
            new Shape(2, size),
            null,
            SingleNode.Integers(start),
            SingleNode.Integers(end),
            SingleNode.Integers(-1),
            SingleNode.Integers(step)
        );
}
