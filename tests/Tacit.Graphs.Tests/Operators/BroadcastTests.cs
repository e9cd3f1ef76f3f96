using CsCheck;
using Microsoft.ML.OnnxRuntime;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Tests.Operators;

public sealed class BroadcastTests
{
    private static readonly Gen<long[]> AnySizes = Gen.OneOf(1L, 1, 2, 3).Array[0, 4];

    [Theory]
    [InlineData("Add")]
    [InlineData("MatMul")]
    public void Shapes_are_those_of_the_runtime(string @operator) =>
        Gen.Select(AnySizes, AnySizes)
            .Sample(
                (left, right) =>
                {
                    var model = Network(@operator, Shape.Of(left), Shape.Of(right));
                    long[]? expected;
                    try
                    {
                        expected = [.. Runtime.Output(model, new Dictionary<string, long[]> { ["a"] = left, ["b"] = right }).Sizes];
                    }
                    catch (OnnxRuntimeException)
                    {
                        Assert.Throws<UnsuitableModelException>(() => ShapeInference.Infer(model));
                        return;
                    }

                    Assert.Equal(expected, ShapeInference.Infer(model)["y"].Shape.ToSizes());
                },
                iter: 150,
                threads: 1
            );

    [Fact]
    public void A_symbol_broadcasts_with_itself_with_1_and_with_a_number()
    {
        var types = ShapeInference.Infer(Network("Add", new Shape("N", "C", 1, "W"), new Shape("N", 1, "H", 7)));

        Assert.Equal(new Shape("N", "C", "H", 7), types["y"].Shape);
    }

    [Fact]
    public void Two_symbols_ask_for_sizes()
    {
        var model = Network("Add", new Shape("N", 3), new Shape("M", 3));

        var exception = Assert.Throws<UnsuitableModelException>(() => ShapeInference.Infer(model));

        Assert.Equal(
            "Add y: whether N x 3 and M x 3 broadcast cannot be determined from symbolic sizes or computed values; "
                + "give the shapes of the inputs (parameter 'inputs')",
            exception.Message
        );
        Assert.Equal("y", exception.Node);
    }

    private static Model Network(string @operator, Shape a, Shape b)
    {
        var builder = new GraphBuilder("pair");
        builder.Output(builder.Add(@operator, [builder.Input("a", a), builder.Input("b", b)], name: "y"), a);
        return SingleNode.Typed(builder.Build());
    }
}
