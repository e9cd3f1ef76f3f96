using CsCheck;

namespace Tacit.Graphs.Tests.Operators;

public sealed class ArrangingTests
{
    [Fact]
    public void Concat_adds_along_its_axis()
    {
        var builder = new GraphBuilder("concat");
        var (a, b) = (builder.Input("a", new Shape("N", 3, "H")), builder.Input("b", new Shape("N", 5, "H")));
        builder.Output(builder.Add("Concat", [a, b, a], Attributes.None.With("axis", -2L), "y"), new Shape("N", 11, "H"));

        Assert.Equal(new Shape("N", 11, "H"), Graphs.Operators.ShapeInference.Infer(builder.Build())["y"].Shape);
    }

    [Fact]
    public void Concat_refuses_other_axes_that_differ()
    {
        var exception = Assert.Throws<UnsuitableModelException>(() =>
            SingleNode.Infer("Concat", Shape.Of(2, 3), Attributes.None.With("axis", 0L), SingleNode.Floats(2, 4))
        );

        Assert.Equal("Concat y: the sizes of axis 1 do not fit: 3 and 4", exception.Message);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Split_gives_the_stated_or_equal_parts(bool stated)
    {
        var builder = new GraphBuilder("split");
        string[] inputs = stated
            ? [builder.Input("x", new Shape("N", 6)), builder.Constant("sizes", 1, 5)]
            : [builder.Input("x", new Shape("N", 6))];
        builder.Add(new Node("split", "Split", [.. inputs], ["a", "b"], Attributes.None.With("axis", 1L)));
        builder.Output("a", new Shape("N", "A"));
        builder.Output("b", new Shape("N", "B"));

        var types = Graphs.Operators.ShapeInference.Infer(builder.Build());

        Assert.Equal((new Shape("N", stated ? 1 : 3), new Shape("N", stated ? 5 : 3)), (types["a"].Shape, types["b"].Shape));
    }

    [Fact]
    public void Pad_adds_before_and_after_and_cuts_where_negative() =>
        Assert.Equal(new Shape("N+1", 3, 3), SingleNode.Infer("Pad", new Shape("N", 3, 4), null, SingleNode.Integers(0, 2, 1, 1, -2, -2)));

    [Fact]
    public void Gather_puts_the_shape_of_the_indices_in_place_of_the_axis() =>
        Assert.Equal(
            new Shape("N", 2, 2, 7),
            SingleNode.Infer("Gather", new Shape("N", 5, 7), Attributes.None.With("axis", 1L), TensorData.Of([0L, 1, 2, 3], 2, 2))
        );

    [Theory]
    [InlineData(true, "7 x H x N")]
    [InlineData(false, "H x N x 7")]
    public void Transpose_reverses_or_follows_perm(bool reversed, string expected) =>
        Assert.Equal(
            expected,
            SingleNode.Infer("Transpose", new Shape("N", "H", 7), reversed ? null : Attributes.None.With("perm", [1L, 0, 2])).ToString()
        );

    [Fact]
    public void ReduceMean_keeps_or_drops_its_axes() =>
        Gen.Select(Gen.Int[-4, 3], Gen.Bool)
            .Sample(
                (axis, keep) =>
                {
                    var attributes = Attributes.None.With("axes", [(long)axis]).With("keepdims", (long)(keep ? 1 : 0));
                    List<Dimension> expected = ["N", 3, 4, 5];
                    expected.RemoveAt((axis + 4) % 4);
                    if (keep)
                    {
                        expected.Insert((axis + 4) % 4, 1);
                    }

                    Assert.Equal(expected, SingleNode.Infer("ReduceMean", new Shape("N", 3, 4, 5), attributes));
                },
                iter: 30,
                threads: 1
            );

    [Theory]
    [InlineData("GlobalMaxPool", "N x 8 x 1 x 1")]
    [InlineData("Sigmoid", "N x 8 x 5 x H")]
    public void Symbols_pass_through(string @operator, string expected) =>
        Assert.Equal(expected, SingleNode.Infer(@operator, new Shape("N", 8, 5, "H")).ToString());
}
