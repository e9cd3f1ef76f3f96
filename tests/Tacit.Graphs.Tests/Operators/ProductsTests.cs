using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Tests.Operators;

public sealed class ProductsTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    public void Gemm_transposes_its_matrices(long transA, long transB)
    {
        var a = transA != 0 ? new Shape(8, "N") : new Shape("N", 8);
        var b = transB != 0 ? SingleNode.Floats(5, 8) : SingleNode.Floats(8, 5);

        Assert.Equal(
            new Shape("N", 5),
            SingleNode.Infer("Gemm", a, Attributes.None.With("transA", transA).With("transB", transB), b, SingleNode.Floats(5))
        );
    }

    [Fact]
    public void Gemm_refuses_an_addend_that_does_not_broadcast()
    {
        var exception = Assert.Throws<UnsuitableModelException>(() =>
            SingleNode.Infer("Gemm", Shape.Of(2, 8), null, SingleNode.Floats(8, 5), SingleNode.Floats(3, 1, 5))
        );

        Assert.Equal("Gemm y: the addend 3 x 1 x 5 does not broadcast to 2 x 5", exception.Message);
    }

    [Fact]
    public void Gemm_asks_for_sizes_where_features_depend_on_them()
    {
        var builder = new GraphBuilder("head");
        var flat = builder.Add("Flatten", [builder.Input("x", new Shape("N", 4, "H", "H"))]);
        builder.Output(builder.Add("Gemm", [flat, builder.Initializer("w", SingleNode.Floats(64, 10))]), new Shape("N", 10));

        var exception = Assert.Throws<UnsuitableModelException>(() => ShapeInference.Infer(builder.Build()));

        Assert.StartsWith(
            "Gemm Gemm: whether the inner sizes of the matrices fit (4*H*H and 64) cannot",
            exception.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("DequantizeLinear", ElementType.Float32)]
    [InlineData("QuantizeLinear", ElementType.Int8)]
    public void Quantisation_changes_the_element_type(string @operator, ElementType expected)
    {
        var model = SingleNode.Network(
            @operator,
            new Shape("N", 3),
            Attributes.None.With("axis", 1L),
            TensorData.Of<float>([1, 1, 1]),
            TensorData.Of<sbyte>([0, 0, 0])
        );

        Assert.Equal(new TensorType(expected, new Shape("N", 3)), ShapeInference.Infer(model)["y"]);
    }

    [Fact]
    public void Ranges_of_a_fake_quantiser_fit_its_axis()
    {
        var attributes = Attributes.None.With("bits", 4L).With("axis", 1L);

        Assert.Equal(
            new Shape("N", 3),
            SingleNode.Infer("FakeQuantize", new Shape("N", 3), attributes, SingleNode.Floats(3), SingleNode.Floats(3))
        );
        Assert.Equal(new Shape("N", 3), SingleNode.Infer("FakeQuantize", new Shape("N", 3), attributes));
        Assert.Throws<UnsuitableModelException>(() =>
            SingleNode.Infer("FakeQuantize", new Shape("N", 3), attributes, SingleNode.Floats(4), SingleNode.Floats(4))
        );
    }
}
