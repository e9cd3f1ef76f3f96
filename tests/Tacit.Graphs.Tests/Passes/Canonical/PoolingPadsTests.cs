using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Canonical;
using Tacit.Graphs.Tests.Onnx;

namespace Tacit.Graphs.Tests.Passes.Canonical;

public sealed class PoolingPadsTests
{
    [Theory]
    [InlineData(float.NegativeInfinity, 1, 0)]
    [InlineData(float.MinValue, 1, 1)]
    public void A_pad_by_the_least_becomes_the_pools(float value, long before, long own)
    {
        var model = Network(
            value,
            [0, 0, before, 0, 0, 0, 1, 1],
            Attributes.None.With("kernel_shape", [3, 3]).With("strides", [2, 2]).With("pads", [own, 0, 0, own])
        );

        var rewritten = PoolingPads.Apply(model);

        Assert.Equal(["MaxPool"], rewritten.Graph.Nodes.Select(node => node.Operator));
        OnnxRuntimeRun.AssertEqual(OnnxWriter.ToBytes(model), OnnxWriter.ToBytes(rewritten), 0);
    }

    [Theory]
    [InlineData(1, 2, 3)]
    [InlineData(2, 2, 3)]
    [InlineData(0, 3, 3)]
    public void Sizes_that_round_up_stay(long rows, long stride, long kernel)
    {
        var model = Network(
            float.MinValue,
            [0, 0, rows, 0, 0, 0, 0, 1],
            Attributes.None.With("kernel_shape", [kernel, kernel]).With("strides", [stride, stride]).With("ceil_mode", 1)
        );

        var rewritten = PoolingPads.Apply(model);

        Assert.Equal(["MaxPool"], rewritten.Graph.Nodes.Select(node => node.Operator));
        OnnxRuntimeRun.AssertEqual(OnnxWriter.ToBytes(model), OnnxWriter.ToBytes(rewritten), 0);
    }

    [Theory]
    [InlineData(0f, 0, 1)]
    [InlineData(float.NegativeInfinity, 1, 1)] // channels
    [InlineData(float.NegativeInfinity, 0, 3)] // a window outside the data
    [InlineData(float.NegativeInfinity, 0, -1)] // negative pads crop
    public void Another_pad_stays(float value, long channels, long rows)
    {
        var model = Network(value, [0, channels, rows, 0, 0, 0, 0, 0], Attributes.None.With("kernel_shape", [3, 3]));

        Assert.Same(model, PoolingPads.Apply(model));
    }

    private static Model Network(float value, long[] pads, Attributes pool)
    {
        var builder = new GraphBuilder("net");
        var x = builder.Input("x", new(2, 3, 9, 8));
        x = builder.Add(
            "Pad",
            [x, builder.Constant("pads", pads), builder.Initializer("value", TensorData.Scalar(value), WeightRole.Constant)]
        );
        builder.Output(builder.Add("MaxPool", [x], pool), new(2, "C", "H", "W"));
        return builder.Build();
    }
}
