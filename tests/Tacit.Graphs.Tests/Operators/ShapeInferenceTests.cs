using CsCheck;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Tests.Operators;

public sealed class ShapeInferenceTests
{
    [Fact]
    public void Every_value_gets_a_type()
    {
        var model = Network(new Shape("N", 3, 8, 8));

        var types = ShapeInference.Infer(model);

        Assert.Equal(new TensorType(ElementType.Float32, new Shape("N", 4, 4, 4)), types["conv"]);
        Assert.Equal(new TensorType(ElementType.Float32, new Shape("N", 4)), types["flat"]);
        Assert.Equal(new TensorType(ElementType.Float32, Shape.Of(4, 3, 3, 3)), types["weight"]);
        Assert.Equal(new TensorType(ElementType.Float32, new Shape("N", 3, 8, 8)), types["x"]);
    }

    [Fact]
    public void Given_shapes_take_the_place_of_declared_ones()
    {
        var types = ShapeInference.Infer(Network(new Shape("N", 3, "H", "W")), Given(Shape.Of(2, 3, 5, 9)));

        Assert.Equal(Shape.Of(2, 4, 3, 5), types["conv"].Shape);
    }

    [Theory]
    [InlineData("1x3x8")]
    [InlineData("1x4x8x8")]
    public void A_given_shape_must_fit_the_declared_one(string shape)
    {
        var sizes = shape.Split('x').Select(long.Parse).ToArray();

        var exception = Assert.Throws<UnsuitableModelException>(() =>
            ShapeInference.Infer(Network(new Shape("N", 3, "H", "W")), Given(Shape.Of(sizes)))
        );

        Assert.Equal($"the input x is N x 3 x H x W; the given shape {Shape.Of(sizes)} does not fit", exception.Message);
    }

    [Fact]
    public void A_given_shape_must_be_that_of_an_input()
    {
        var given = new Dictionary<string, Shape> { ["image"] = Shape.Of(1) };

        var exception = Assert.Throws<UnsuitableModelException>(() => ShapeInference.Infer(Network(new Shape("N", 3, 8, 8)), given));

        Assert.Equal("the network has no input image; its inputs are x", exception.Message);
    }

    [Fact]
    public void Channels_must_fit()
    {
        var exception = Assert.Throws<UnsuitableModelException>(() => ShapeInference.Infer(Network(new Shape("N", 5, 8, 8))));

        Assert.Equal("Conv conv: the channels of the input and of the weights do not fit: 5 and 3", exception.Message);
        Assert.Equal("conv", exception.Node);
    }

    [Fact]
    public void An_attribute_of_a_wrong_type_names_the_node()
    {
        var exception = Assert.Throws<UnsuitableModelException>(() =>
            SingleNode.Infer("Softmax", Shape.Of(1, 2), Attributes.None.With("axis", "last"))
        );

        Assert.Equal("Softmax y: attribute axis is String, not Int64", exception.Message);
    }

    [Fact]
    public void A_missing_input_names_the_node()
    {
        var exception = Assert.Throws<UnsuitableModelException>(() => SingleNode.Infer("Reshape", Shape.Of(1, 2)));

        Assert.Equal("Reshape y: input 1 is missing", exception.Message);
    }

    // Shape -> Gather -> Unsqueeze -> Concat -> Reshape, with arithmetic on the sizes, as exporters write x.view(x.size(0), -1, ...).
    [Fact]
    public void Sizes_computed_from_shapes_are_followed()
    {
        var builder = new GraphBuilder("view");
        var x = builder.Input("x", new Shape("N", 12, "H", 4));
        var shape = builder.Add("Shape", [x]);
        var batch = builder.Add("Unsqueeze", [At(0), builder.Constant("axis", 0)]);
        var half = builder.Add("Div", [At(1), Scalar(2)]);
        var height = builder.Add("Mul", [At(2), Scalar(2)]);
        var width = builder.Add("Slice", [shape, builder.Constant("start", -1), builder.Constant("end", long.MaxValue)]);
        var cast = builder.Add("Cast", [builder.Add("Cast", [width], Attributes.None.With("to", 1L))], Attributes.None.With("to", 7L));
        var sizes = builder.Add(
            "Concat",
            [
                batch,
                builder.Add("Unsqueeze", [half, builder.Constant("axis", 0)]),
                builder.Add("Unsqueeze", [height, builder.Constant("axis", 0)]),
                cast,
            ],
            Attributes.None.With("axis", 0L)
        );
        builder.Output(builder.Add("Reshape", [x, sizes], name: "y"), new Shape("N", 6, "H2", 4));

        Assert.Equal(new Shape("N", 6, "2*H", 4), ShapeInference.Infer(builder.Build())["y"].Shape);

        string At(long index) => builder.Add("Gather", [shape, Scalar(index)], Attributes.None.With("axis", 0L));
        string Scalar(long value) => builder.Initializer("number", TensorData.Scalar(value), WeightRole.Constant);
    }

    // The symbol of a derived size can be parsed back to its expression, for any names.
    [Fact]
    public void Derived_sizes_divide_back() =>
        Gen.Select(
                Gen.OneOf("N", "batch_size", "batch-size", "a b", "2", "2*s0", "s0//2", "floor(x", "floor(b)+floor(a)", "é*(1+)"),
                Gen.Long[2, 9]
            )
            .Sample(
                (symbol, factor) =>
                {
                    var builder = new GraphBuilder("there and back");
                    var x = builder.Input("x", new Shape(symbol, factor));
                    var flat = builder.Add("Reshape", [x, builder.Constant("flat", -1)], name: "flat_x");
                    builder.Output(
                        builder.Add("Reshape", [flat, builder.Constant("back", -1, factor)], name: "y"),
                        new Shape(symbol, factor)
                    );

                    Assert.Equal(new Shape(symbol, factor), ShapeInference.Infer(builder.Build())["y"].Shape);
                },
                iter: 200,
                threads: 1
            );

    private static Dictionary<string, Shape> Given(Shape shape) => new() { ["x"] = shape };

    private static Model Network(Shape x)
    {
        var builder = new GraphBuilder("network");
        var input = builder.Input("x", x);
        var weight = builder.Initializer("weight", SingleNode.Floats(4, 3, 3, 3));
        var attributes = Attributes.None.With("pads", [1, 1, 1, 1]).With("strides", [2, 2]);
        var pooled = builder.Add("GlobalAveragePool", [builder.Add("Conv", [input, weight], attributes, "conv")]);
        builder.Output(builder.Add("Flatten", [pooled], name: "flat"), new Shape("N", 4));
        return builder.Build();
    }
}
