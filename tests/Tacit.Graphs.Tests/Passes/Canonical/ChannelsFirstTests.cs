using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Canonical;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Graphs.Tests.Onnx;

namespace Tacit.Graphs.Tests.Passes.Canonical;

// The reference is ONNX Runtime, which runs the original network.
public sealed class ChannelsFirstTests
{
    [Fact]
    public void Leaves_one_transpose_at_the_input()
    {
        var builder = new GraphBuilder("net");
        var x = builder.Input("x", new("N", 8, 8, 3));
        var scaled = builder.Add("Mul", [x, builder.Initializer("factor", TensorData.Of<float>([1f, 2f, 3f], 3))]);
        var stem = builder.Add("Relu", [Norm(builder, Convolution(builder, scaled, 3, 4))]);
        var body = Norm(
            builder,
            Convolution(builder, builder.Add("Pad", [stem, builder.Constant("pads", 0, 1, 1, 0, 0, 1, 1, 0)]), 4, 4, kernel: 3)
        );
        var sum = builder.Add("Relu", [builder.Add("Add", [body, stem])]);
        var both = builder.Add("Concat", [sum, stem], Attributes.None.With("axis", 3));
        var pooled = builder.Add("ReduceMean", [both], Attributes.None.With("axes", [1, 2]).With("keepdims", 0));
        var weights = builder.Initializer("w", TensorData.Of<float>([.. Enumerable.Range(0, 24).Select(i => i * 0.1f)], 8, 3));
        builder.Output(
            builder.Add(
                "Add",
                [builder.Add("MatMul", [pooled, weights]), builder.Initializer("b", TensorData.Of<float>([1f, 2f, 3f], 3))],
                name: "y"
            ),
            new("N", 3)
        );
        var model = builder.Build();

        var rewritten = DecomposedBatchNormFolding.Apply(Canonicalization.Apply(model));

        Assert.Equal(
            ["Transpose", "Mul", "Conv", "Relu", "Pad", "Conv", "Add", "Relu", "Concat", "GlobalAveragePool", "Flatten", "Gemm"],
            rewritten.Graph.Nodes.Select(node => node.Operator)
        );
        Assert.Equal(new BatchNormReport(0, 2, 0, 0), BatchNormReport.Of(Canonicalization.Apply(model)));
        Assert.Equal(x, rewritten.Graph.Nodes[0].Inputs[0]);
        OnnxRuntimeRun.AssertEqual(OnnxWriter.ToBytes(model), OnnxWriter.ToBytes(rewritten));
    }

    [Fact]
    public void Keeps_one_before_a_flattening_of_several_pixels()
    {
        var builder = new GraphBuilder("net");
        var relu = builder.Add("Relu", [Convolution(builder, builder.Input("x", new("N", 2, 2, 3)), 3, 4)]);
        builder.Output(builder.Add("Reshape", [relu, builder.Constant("sizes", -1, 16)], name: "y"), new("N", 16));

        var rewritten = ChannelsFirst.Apply(builder.Build());

        Assert.Equal(["Transpose", "Conv", "Relu", "Transpose", "Reshape"], rewritten.Graph.Nodes.Select(node => node.Operator));
    }

    [Theory]
    [InlineData("resnet20-cifar10.onnx")]
    public void Leaves_networks_of_channels_first_alone(string file)
    {
        var model = ConstantFolding.Apply(OnnxReader.Read(SharedFiles.Model(file)));

        Assert.Same(model, ChannelsFirst.Apply(model));
    }

    [Fact]
    public void Leaves_the_shuffle_of_channels_alone()
    {
        var builder = new GraphBuilder("shuffle");
        var groups = builder.Add("Reshape", [builder.Input("x", new("N", 4, 2, 2)), builder.Constant("a", 0, 2, 2, 2, 2)]);
        var swapped = builder.Add("Relu", [builder.Add("Transpose", [groups], Attributes.None.With("perm", [0, 2, 1, 3, 4]))]);
        builder.Output(builder.Add("Reshape", [swapped, builder.Constant("b", 0, 4, 2, 2)], name: "y"), new("N", 4, 2, 2));
        var model = builder.Build();

        Assert.Same(model, ChannelsFirst.Apply(model));
    }

    private static string Norm(GraphBuilder builder, string value)
    {
        var scale = builder.Initializer("scale", TensorData.Of<float>([1f, -2f, 3f, 0.5f], 4));
        var shift = builder.Initializer("shift", TensorData.Of<float>([0.1f, 0.2f, 0.3f, 0.4f], 1, 1, 1, 4));
        return builder.Add("Add", [builder.Add("Mul", [value, scale]), shift]);
    }

    private static string Convolution(GraphBuilder builder, string value, int inputs, int outputs, int kernel = 1)
    {
        var weight = TensorData.Of<float>(
            [.. Enumerable.Range(0, inputs * outputs * kernel * kernel).Select(i => MathF.Sin(i))],
            outputs,
            inputs,
            kernel,
            kernel
        );
        var first = builder.Add("Transpose", [value], Attributes.None.With("perm", [0, 3, 1, 2]));
        var convolution = builder.Add("Conv", [first, builder.Initializer("kernel", weight)]);
        return builder.Add("Transpose", [convolution], Attributes.None.With("perm", [0, 2, 3, 1]));
    }
}
