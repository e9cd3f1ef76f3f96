using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Canonical;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Graphs.Tests.Onnx;

namespace Tacit.Graphs.Tests.Passes.Canonical;

public sealed class DecomposedBatchNormFoldingTests
{
    [Theory]
    [InlineData("x w", false, new long[] { 1, 4, 1, 1 })]
    [InlineData("x w b", false, new long[] { 4, 1, 1 })]
    [InlineData("x w b", true, new long[] { 4, 1, 1 })]
    public void Computes_the_same_in_one_convolution(string inputs, bool constantsFirst, long[] sizes)
    {
        var file = Sketch(inputs, constantsFirst, sizes).Bytes;

        var folded = DecomposedBatchNormFolding.Apply(OnnxReader.Read(file));

        Assert.Equal(["Conv", "Relu"], folded.Graph.Nodes.Select(node => node.Operator));
        OnnxRuntimeRun.AssertEqual(file, OnnxWriter.ToBytes(folded));
    }

    // Not batch norms: constants along the width, with another number of elements, or applied to a value with other readers.
    [Theory]
    [InlineData(new long[] { 1, 1, 1, 4 })]
    [InlineData(new long[] { 4 })]
    [InlineData(new long[] { 1 })]
    public void Leaves_other_constants_alone(long[] sizes)
    {
        var model = OnnxReader.Read(Sketch("x w", false, sizes).Bytes);

        Assert.Same(model, DecomposedBatchNormFolding.Apply(model));
    }

    [Fact]
    public void Leaves_what_is_read_twice_alone()
    {
        var model = OnnxReader.Read(Sketch("x w", false, [4, 1, 1]).Output("c", 0, 4, 4, 4).Bytes);

        Assert.Same(model, DecomposedBatchNormFolding.Apply(model));
    }

    [Theory]
    [InlineData("Add")]
    [InlineData("Mul")]
    [InlineData("Add Mul Add")]
    [InlineData("Sub Div Sub")]
    [InlineData("Mul Mul Add Add")]
    public void Folds_whatever_is_per_channel(string steps)
    {
        var sketch = new OnnxSketch(18).Input("x", 0, 3, 4, 4).Floats("w", 4, 3, 1, 1).Floats("b", 4).Node("Conv", "x w b", "v0");
        var operators = steps.Split(' ');
        for (var i = 0; i < operators.Length; i++)
        {
            sketch.Floats($"c{new string('_', i)}", 4, 1, 1).Node(operators[i], $"v{i} c{new string('_', i)}", $"v{i + 1}");
        }

        var file = sketch.Node("Relu", $"v{operators.Length}", "y").Output("y", 0, 4, 4, 4).Bytes;

        var folded = DecomposedBatchNormFolding.Apply(OnnxReader.Read(file));

        Assert.Equal(["Conv", "Relu"], folded.Graph.Nodes.Select(node => node.Operator));
        OnnxRuntimeRun.AssertEqual(file, OnnxWriter.ToBytes(folded));
    }

    // c - x and c / x are not batch norms.
    [Theory]
    [InlineData("Sub")]
    [InlineData("Div")]
    public void Leaves_the_other_order_alone(string @operator)
    {
        var model = OnnxReader.Read(
            new OnnxSketch(18)
                .Input("x", 0, 3, 4, 4)
                .Floats("w", 4, 3, 1, 1)
                .Floats("s", 4, 1, 1)
                .Node("Conv", "x w", "c")
                .Node(@operator, "s c", "y")
                .Output("y", 0, 4, 4, 4)
                .Bytes
        );

        Assert.Same(model, DecomposedBatchNormFolding.Apply(model));
    }

    [Fact]
    public void A_bias_before_a_kept_BatchNorm_is_none()
    {
        var file = new OnnxSketch(15)
            .Input("x", 0, 3, 4, 4)
            .Floats("w", 4, 3, 1, 1)
            .Floats("b", 4, 1, 1)
            .Floats("g", 4)
            .Floats("v", 4)
            .Node("Conv", "x w", "c")
            .Node("Add", "c b", "a")
            .Node("BatchNormalization", "a g g g v", "y")
            .Output("y", 0, 4, 4, 4)
            .Bytes;
        var model = OnnxReader.Read(file);

        var folded = DecomposedBatchNormFolding.Apply(model);

        Assert.Equal(new BatchNormReport(1, 0, 0, 0), BatchNormReport.Of(model));
        Assert.Equal(["Conv", "BatchNormalization"], folded.Graph.Nodes.Select(node => node.Operator));
        OnnxRuntimeRun.AssertEqual(file, OnnxWriter.ToBytes(folded));
    }

    [Fact]
    public void Folds_beside_others_that_share_the_weights()
    {
        var file = Sketch("x w", false, [4, 1, 1]).Node("Conv", "x w", "other").Output("other", 0, 4, 4, 4).Bytes;

        OnnxRuntimeRun.AssertEqual(file, OnnxWriter.ToBytes(DecomposedBatchNormFolding.Apply(OnnxReader.Read(file))));
    }

    [Theory]
    [InlineData("x w", new long[] { 4, 1, 1 }, 1, 0, 0, "1 batch norm is written as Mul and Add: the running statistics are lost")]
    [InlineData(
        "x w b",
        new long[] { 1, 1, 1, 4 },
        0,
        1,
        0,
        "none, or folded into the convolutions, so that their running statistics are lost"
    )]
    [InlineData("x w", new long[] { 1, 1, 1, 4 }, 0, 0, 1, "the network has no batch norms to synthesise samples from")]
    public void TheReportCountsThem(string inputs, long[] sizes, int hidden, int folded, int bare, string explanation)
    {
        var report = BatchNormReport.Of(OnnxReader.Read(Sketch(inputs, false, sizes).Bytes));

        Assert.Equal(new BatchNormReport(0, hidden, folded, bare), report);
        Assert.Equal(explanation, report.Explanation);
    }

    [Theory]
    [InlineData("resnet20-cifar10.onnx", 19, 0, 0, 0)]
    [InlineData("resnet20-cifar10_bnfolded.onnx", 0, 0, 19, 0)]
    public void The_report_knows_what_PyTorch_exports(string file, int kept, int hidden, int folded, int bare) =>
        Assert.Equal(
            new BatchNormReport(kept, hidden, folded, bare),
            BatchNormReport.Of(ConstantFolding.Apply(OnnxReader.Read(SharedFiles.Model(file))))
        );

    private static OnnxSketch Sketch(string inputs, bool constantsFirst, long[] sizes) =>
        new OnnxSketch(18)
            .Input("x", 0, 3, 4, 4)
            .Floats("w", 4, 3, 1, 1)
            .Floats("b", 4)
            .Floats("scale", sizes)
            .Floats("shift", sizes)
            .Node("Conv", inputs, "c")
            .Node("Mul", constantsFirst ? "scale c" : "c scale", "m")
            .Node("Add", constantsFirst ? "shift m" : "m shift", "a")
            .Node("Relu", "a", "y")
            .Output("y", 0, 4, 4, 4);
}
