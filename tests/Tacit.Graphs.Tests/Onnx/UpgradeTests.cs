using Tacit.Graphs.Onnx;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Tests.Onnx;

// For each old form, ONNX Runtime computes the same numbers before and after reading and writing.
public sealed partial class UpgradeTests
{
    public static TheoryData<string> CaseNames => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Gives_the_same_numbers_in_opset17(string name) => Check(name, 17);

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Gives_the_same_numbers_in_opset21(string name) => Check(name, 21);

    [Fact]
    public void BatchNorm_in_training_form_loses_its_running_outputs()
    {
        var sketch = BatchNorm(15, "y rm rv", ("training_mode", 1));

        var node = Assert.Single(OnnxReader.Read(sketch.Bytes).Graph.Nodes);

        Assert.Equal(["y"], node.Outputs);
        Assert.False(node.Attributes.Has("training_mode"));
    }

    [Fact]
    public void BatchNorm_of_old_training_form_loses_its_five_outputs() =>
        Assert.Equal(["y"], Assert.Single(OnnxReader.Read(BatchNorm(9, "y rm rv sm sv").Bytes).Graph.Nodes).Outputs);

    [Fact]
    public void Group_normalization_keeps_its_weights_learnt() =>
        Assert.Equal(
            2,
            OnnxReader
                .Read(
                    new OnnxSketch(21)
                        .Input("x", 0, 6, 3, 3)
                        .Floats("s", 6)
                        .Floats("b", 6)
                        .Node("GroupNormalization", "x s b", "y", ("num_groups", 3))
                        .Output("y", 0, 6, 3, 3)
                        .Bytes
                )
                .Graph.Initializers.Values.Count(initializer => initializer.Role == WeightRole.Parameter)
        );

    private static OnnxSketch BatchNorm(int opset, string outputs, params (string Name, object Value)[] attributes) =>
        new OnnxSketch(opset)
            .Input("x", 0, 3, 2, 2)
            .Floats("s", 3)
            .Floats("b", 3)
            .Floats("m", 3)
            .Floats("v", 3)
            .Node("BatchNormalization", "x s b m v", outputs, attributes)
            .Output("y", 0, 3, 2, 2);

    private static void AssertUnsupported(string @operator, int opset, Func<OnnxSketch, OnnxSketch> draw)
    {
        var bytes = draw(new OnnxSketch(opset)).Bytes;

        var exception = Assert.Throws<UnsupportedOperatorException>(() => OnnxReader.Read(bytes));

        Assert.Equal((@operator, (long?)opset), (exception.Operator, exception.Opset));
    }

    private static void Check(string name, int opset)
    {
        var (old, draw) = Cases[name];
        var bytes = draw(new OnnxSketch(old)).Bytes;

        var written = OnnxWriter.ToBytes(OnnxReader.Read(bytes), new OnnxWriterOptions { Opset = opset });

        OnnxRuntimeRun.AssertEqual(bytes, written);
    }
}
