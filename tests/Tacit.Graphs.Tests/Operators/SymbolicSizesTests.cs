using Tacit.Graphs.Costs;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Tests.Operators;

/// <summary>Tests symbolic sizes. Generated cases compare numeric sizes with ONNX Runtime.</summary>
public sealed class SymbolicSizesTests
{
    private static readonly Shape Images = new("N", 8, "H", "W");

    [Fact]
    public void A_transposed_convolution_enlarges_symbols() =>
        Assert.Equal(
            new Shape("N", 6, "2*H", "2*W+1"),
            SingleNode.Infer(
                "ConvTranspose",
                Images,
                Attributes.None.With("strides", [2, 2]).With("pads", [1, 1, 1, 1]).With("output_padding", [0, 1]).With("group", 2),
                SingleNode.Floats(8, 3, 4, 4)
            )
        );

    [Theory]
    [InlineData(2f, "2*H", "2*W")]
    [InlineData(0.5f, "floor((H)/(2))", "floor((W)/(2))")]
    [InlineData(1.5f, "floor((3*H)/(2))", "floor((3*W)/(2))")]
    public void Resize_scales_symbols(float scale, string height, string width) =>
        Assert.Equal(
            new Shape("N", 8, height, width),
            SingleNode.Infer("Resize", Images, null, null, TensorData.Of<float>([1, 1, scale, scale], 4))
        );

    [Fact]
    public void Pixels_and_channels_change_places()
    {
        var block = Attributes.None.With("blocksize", 2);

        Assert.Equal(new Shape("N", 2, "2*H", "2*W"), SingleNode.Infer("DepthToSpace", Images, block));
        Assert.Equal(new Shape("N", 32, 4, 3), SingleNode.Infer("SpaceToDepth", new Shape("N", 8, 8, 6), block));
        Assert.Contains(
            "whether H is divisible by 2",
            Assert.Throws<UnsuitableModelException>(() => SingleNode.Infer("SpaceToDepth", Images, block)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Tile_and_expand_keep_symbols()
    {
        Assert.Equal(new Shape("2*N", "3*H"), SingleNode.Infer("Tile", new Shape("N", "H"), null, SingleNode.Integers(2, 3)));
        Assert.Equal(new Shape("N", 5), SingleNode.Infer("Expand", new Shape("N", 1), null, SingleNode.Integers(1, 5)));
    }

    [Fact]
    public void Expand_to_the_shape_of_another_is_found()
    {
        var builder = new GraphBuilder("like");
        var sizes = builder.Add("Shape", [builder.Input("x", Images)]);
        var minus = builder.Constant("minus", -1, -1, -1, -1);
        var chosen = builder.Add("Where", [builder.Add("Equal", [sizes, minus]), builder.Constant("ones", 1, 1, 1, 1), sizes]);
        var one = builder.Initializer("one", TensorData.Of<float>([1f], 1), WeightRole.Constant);
        builder.Output(builder.Add("Expand", [one, chosen], name: "y"), Images);

        Assert.Equal(Images, ShapeInference.Infer(builder.Build())["y"].Shape);
    }

    [Fact]
    public void Counts_and_bounds_of_sizes_are_followed()
    {
        var builder = new GraphBuilder("counts");
        var sizes = builder.Add("Shape", [builder.Input("x", Images)]);
        var count = builder.Add("ReduceProd", [sizes], Attributes.None.With("axes", [0]));
        var most = builder.Add("Max", [count, builder.Constant("least", 1)]);
        var fill = builder.Add("ConstantOfShape", [most], name: "y");
        builder.Output(fill, new Shape("M"));

        Assert.Equal(new Shape("8*H*N*W"), ShapeInference.Infer(builder.Build())["y"].Shape);
    }

    [Fact]
    public void Products_of_two_tensors_are_counted()
    {
        var einsum = SingleNode.Network(
            "Einsum",
            Shape.Of(2, 3, 4),
            Attributes.None.With("equation", "bij,bjk->bik"),
            SingleNode.Floats(2, 4, 5)
        );
        var transposed = SingleNode.Network("ConvTranspose", Shape.Of(1, 2, 5, 5), null, SingleNode.Floats(2, 3, 2, 2));

        Assert.Equal(2 * 3 * 4 * 5, ModelCost.Of(einsum, Sizes(2, 3, 4)).MultiplyAccumulates);
        Assert.Equal(2 * 5 * 5 * 3 * 2 * 2, ModelCost.Of(transposed, Sizes(1, 2, 5, 5)).MultiplyAccumulates);

        static Dictionary<string, Shape> Sizes(params ReadOnlySpan<long> sizes) => new() { ["x"] = Shape.Of(sizes) };
    }

    [Theory]
    [InlineData("...i,ij->...j")]
    [InlineData("ii,ij->j")]
    [InlineData("ij->j->i")]
    public void Other_equations_are_refused_in_one_line(string equation)
    {
        var exception = Assert.Throws<UnsuitableModelException>(() =>
            ShapeInference.Infer(
                SingleNode.Network("Einsum", Shape.Of(2, 2), Attributes.None.With("equation", equation), SingleNode.Floats(2, 2))
            )
        );

        Assert.StartsWith($"Einsum y: the equation \"{equation}\" is not supported", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }
}
