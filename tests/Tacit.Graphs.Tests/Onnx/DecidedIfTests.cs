using Tacit.Graphs.Onnx;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Tests.Onnx;

public sealed class DecidedIfTests
{
    // The reference is ONNX Runtime, which evaluates the condition of the same file.
    [Theory]
    [InlineData(true, "Relu")]
    [InlineData(false, "Add")]
    public void Takes_the_branch_that_the_condition_names(bool condition, string taken)
    {
        var sketch = Sketch().Initializer("cond", TensorData.Of<bool>([condition]));

        var model = OnnxReader.Read(sketch.Bytes);

        Assert.Contains(model.Graph.Nodes, node => node.Operator == taken);
        Assert.DoesNotContain(model.Graph.Nodes, node => node.Operator == "If");
        OnnxRuntimeRun.AssertEqual(sketch.Bytes, OnnxWriter.ToBytes(model));
    }

    [Fact]
    public void Refuses_an_if_that_depends_on_the_input()
    {
        var sketch = Sketch().Input("cond", 1);
        sketch.Graph.Input[^1].Type.TensorType.ElemType = (int)ElementType.Boolean;

        Assert.Equal("If", Assert.Throws<UnsupportedOperatorException>(() => OnnxReader.Read(sketch.Bytes)).Operator);
    }

    // y = 2 · (cond ? relu(x) : x + shift). Both branches have a value named "inner".
    private static OnnxSketch Sketch()
    {
        var relu = new GraphProto
        {
            Name = "then",
            Node = { Node("Relu", "inner", "x"), Node("Identity", "out", "inner") },
            Output = { OnnxSketch.Value("out", [0, 3]) },
        };
        var add = new GraphProto
        {
            Name = "else",
            Node = { Node("Add", "inner", "x", "shift") },
            Output = { OnnxSketch.Value("inner", [0, 3]) },
        };
        var shift = new OnnxSketch(13).Initializer("shift", TensorData.Of<float>([1, -2, 3])).Graph.Initializer[0];
        add.Initializer.Add(shift);
        return new OnnxSketch(13)
            .Input("x", 0, 3)
            .Node("If", "cond", "chosen", ("then_branch", relu), ("else_branch", add))
            .Node("Add", "chosen chosen", "y")
            .Output("y", 0, 3);
    }

    private static NodeProto Node(string @operator, string output, params string[] inputs)
    {
        var node = new NodeProto { OpType = @operator, Output = { output } };
        node.Input.AddRange(inputs);
        return node;
    }
}
