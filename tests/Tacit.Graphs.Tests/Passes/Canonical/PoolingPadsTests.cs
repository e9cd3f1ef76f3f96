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
    [InlineData(0f, 0, 1, 0)]
    [InlineData(float.NegativeInfinity, 1, 1, 0)] // channels
    [InlineData(float.NegativeInfinity, 0, 3, 0)] // a window outside the data
    [InlineData(float.NegativeInfinity, 0, -1, 0)] // negative pads crop
    [InlineData(float.NegativeInfinity, 0, 1, 1)] // sizes that round up
    public void Another_pad_stays(float value, long channels, long rows, long ceil)
    {
        var model = Network(
            value,
            [0, channels, rows, 0, 0, 0, 0, 0],
            Attributes.None.With("kernel_shape", [3, 3]).With("ceil_mode", ceil)
        );

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
