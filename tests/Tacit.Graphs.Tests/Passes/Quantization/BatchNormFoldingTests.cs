using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Graphs.Tests.Onnx;

namespace Tacit.Graphs.Tests.Passes.Quantization;

public sealed class BatchNormFoldingTests
{
    private const string Statistics = "gamma beta mean variance";

    [Theory]
    [InlineData("x w")]
    [InlineData("x w b")]
    public void Computes_the_same_in_one_convolution(string inputs)
    {
        var file = Sketch(inputs).Bytes;

        var folded = BatchNormFolding.Apply(OnnxReader.Read(file));

        Assert.Equal(["Conv", "Relu"], folded.Graph.Nodes.Select(node => node.Operator));
        OnnxRuntimeRun.AssertEqual(file, OnnxWriter.ToBytes(folded));
    }

    [Fact]
    public void Clips_too()
    {
        var file = Norm(new OnnxSketch(17).Input("x", 0, 3, 2, 4, 4).Floats("w", 4, 3, 2, 1, 1).Node("Conv", "x w", "c"))
            .Output("y", 0, 4, 1, 4, 4)
            .Bytes;

        var folded = BatchNormFolding.Apply(OnnxReader.Read(file));

        Assert.Equal(["Conv", "Relu"], folded.Graph.Nodes.Select(node => node.Operator));
        OnnxRuntimeRun.AssertEqual(file, OnnxWriter.ToBytes(folded));
    }

    [Fact]
    public void A_BatchNorm_that_is_not_alone_stays()
    {
        var file = Sketch("x w").Output("c", 0, 4, 4, 4).Bytes;

        var model = BatchNormFolding.Apply(OnnxReader.Read(file));

        Assert.Equal(["Conv", "BatchNormalization", "Relu"], model.Graph.Nodes.Select(node => node.Operator));
    }

    // Two convolutions that share weights, but not the batch norm.
    [Fact]
    public void Shared_weights_are_folded_apart()
    {
        var file = Norm(new OnnxSketch(17).Input("x", 0, 4, 4, 4).Floats("w", 4, 4, 1, 1).Node("Conv", "x w", "a").Node("Conv", "a w", "c"))
            .Output("y", 0, 4, 4, 4)
            .Bytes;

        var folded = BatchNormFolding.Apply(OnnxReader.Read(file));

        Assert.Equal(["Conv", "Conv", "Relu"], folded.Graph.Nodes.Select(node => node.Operator));
        OnnxRuntimeRun.AssertEqual(file, OnnxWriter.ToBytes(folded));
    }

    private static OnnxSketch Sketch(string inputs) =>
        Norm(new OnnxSketch(17).Input("x", 0, 3, 4, 4).Floats("w", 4, 3, 1, 1).Floats("b", 4).Node("Conv", inputs, "c"))
            .Output("y", 0, 4, 4, 4);

    private static OnnxSketch Norm(OnnxSketch sketch)
    {
        foreach (var name in Statistics.Split(' '))
        {
            sketch.Floats(name, 4);
        }

        return sketch.Node("BatchNormalization", $"c {Statistics}", "n").Node("Relu", "n", "y");
    }
}
