using Tacit.Graphs.Onnx;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Tests.Onnx;

/// <summary>Tests which old operator forms are refused.</summary>
public sealed partial class UpgradeTests
{
    [Fact]
    public void Refuses_used_running_outputs()
    {
        var sketch = BatchNorm(9, "y rm rv sm sv").Output("rm", 3);

        Assert.Contains("rm", Assert.Throws<UnsupportedOperatorException>(() => OnnxReader.Read(sketch.Bytes)).Message);
    }

    [Fact]
    public void Refuses_statistics_per_activation() =>
        Assert.Throws<UnsupportedOperatorException>(() => OnnxReader.Read(BatchNorm(9, "y", ("spatial", 0)).Bytes));

    [Fact]
    public void Refuses_indices_of_maxima() =>
        AssertUnsupported(
            "MaxPool",
            12,
            s => s.Input("x", 0, 2, 5, 5).Node("MaxPool", "x", "y i", ("kernel_shape", new long[] { 2, 2 })).Output("i")
        );

    [Fact]
    public void Refuses_computed_axes_of_reduce_mean() =>
        AssertUnsupported("ReduceMean", 18, s => s.Input("x", 0, 2).Node("Shape", "x", "a").Node("ReduceMean", "x a", "y").Output("y"));

    [Fact]
    public void Refuses_wrapping_pad() =>
        AssertUnsupported(
            "Pad",
            19,
            s => s.Input("x", 0, 2).Integers("p", 0, 1, 0, 1).Node("Pad", "x p", "y", ("mode", "wrap")).Output("y")
        );

    [Fact]
    public void Refuses_pad_axes_of_unknown_rank() =>
        AssertUnsupported(
            "Pad",
            18,
            s =>
                s.Input("x", 2)
                    .Integers("p", 1, 1)
                    .Integers("a", 1)
                    .Node("Cast", "x", "t", ("to", 7))
                    .Node("Reshape", "x t", "r")
                    .Node("Pad", "r p _ a", "y")
                    .Output("y")
        );

    [Fact]
    public void Refuses_axes_that_are_computed_from_the_input() =>
        AssertUnsupported(
            "ReduceMean",
            18,
            s =>
                s.Input("x", 2, 2)
                    .Node("Shape", "x", "n", ("start", 0), ("end", 1))
                    .Node("Cast", "x", "i", ("to", 7))
                    .Node("ReduceMean", "x i", "y")
                    .Output("y")
        );

    [Fact]
    public void Refuses_zeros_of_reshape() =>
        AssertUnsupported(
            "Reshape",
            14,
            s => s.Input("x", 0, 2).Integers("t", 0, 2).Node("Reshape", "x t", "y", ("allowzero", 1)).Output("y")
        );

    [Fact]
    public void Refuses_blocks_of_scales() =>
        AssertUnsupported(
            "DequantizeLinear",
            21,
            s =>
                s.Input("x", 2, 2)
                    .Floats("s", 2, 1)
                    .Node("QuantizeLinear", "x s", "q")
                    .Node("DequantizeLinear", "q s", "y", ("block_size", 2))
                    .Output("y")
        );

    [Theory]
    [InlineData("antialias", 1)]
    [InlineData("keep_aspect_ratio_policy", "not_larger")]
    [InlineData("coordinate_transformation_mode", "half_pixel_symmetric")]
    public void Refuses_other_ways_to_resize(string attribute, object value) =>
        AssertUnsupported(
            "Resize",
            19,
            s =>
                s.Input("x", 0, 2, 4, 4)
                    .Initializer("f", TensorData.Of<float>([1, 1, 2, 2], 4))
                    .Node("Resize", "x _ f", "y", (attribute, value))
                    .Output("y")
        );

    [Fact]
    public void Refuses_scattered_axes_of_resize() =>
        AssertUnsupported(
            "Resize",
            18,
            s =>
                s.Input("x", 0, 2, 4, 4)
                    .Initializer("f", TensorData.Of<float>([2, 2], 2))
                    .Node("Resize", "x _ f", "y", ("axes", new long[] { 1, 3 }))
                    .Output("y")
        );
}
