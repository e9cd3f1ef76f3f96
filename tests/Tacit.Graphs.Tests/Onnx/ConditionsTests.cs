using Tacit.Graphs.Onnx;
using Tacit.Graphs.Onnx.Proto;
using static Tacit.Graphs.Onnx.Proto.AttributeProto.Types;

namespace Tacit.Graphs.Tests.Onnx;

// The reference is ONNX Runtime, which runs the If of the same file.
public sealed class ConditionsTests
{
    private const string Domain = "local";

    [Theory]
    [InlineData(1, "Squeeze")]
    [InlineData(2, "Identity")]
    public void Takes_the_branch_that_a_size_decides(int size, string taken)
    {
        // How PyTorch's exporter writes x.squeeze(2).
        var squeeze = Branch("s", Node("Constant", "", "axes", Tensor(TensorData.Of<long>([2], 1))), Node("Squeeze", "r axes", "s"));
        var sketch = new OnnxSketch(13)
            .Input("x", 0, 3, size)
            .Node("Relu", "x", "r")
            .Node("Shape", "r", "sizes")
            .Initializer("two", TensorData.Scalar(2L))
            .Node("Gather", "sizes two", "size")
            .Initializer("one", TensorData.Scalar(1L))
            .Node("Equal", "size one", "fits")
            .Node("If", "fits", "y", ("then_branch", squeeze), ("else_branch", Branch("i", Node("Identity", "r", "i"))))
            .Output("y");

        var model = OnnxReader.Read(sketch.Bytes);

        // ONNX Runtime does not load a Squeeze of a size other than 1, even in the branch that is not taken.
        var reference = size == 1 ? sketch : new OnnxSketch(13).Input("x", 0, 3, size).Node("Relu", "x", "y").Output("y", 0, 3, size);
        Assert.Equal(["Relu", taken], model.Graph.Nodes.Select(node => node.Operator));
        OnnxRuntimeRun.AssertEqual(reference.Bytes, OnnxWriter.ToBytes(model));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Takes_branches_within_branches(bool outer, bool inner)
    {
        // All four branches use the same names and read values of outer graphs.
        var sketch = new OnnxSketch(13).Input("x", 0, 3).Initializer("outer", TensorData.Scalar(outer)).Node("Relu", "x", "r");
        for (var i = 0; i < 2; i++)
        {
            var (then, otherwise) = (Nested("Tanh", inner), Nested("Sigmoid", inner));
            sketch.Node("If", "outer", $"y{i}", ("then_branch", then), ("else_branch", otherwise));
        }

        sketch.Node("Sub", "y0 y1", "none").Node("Add", "none y1", "y").Output("y", 0, 3);

        var model = OnnxReader.Read(sketch.Bytes);

        Assert.DoesNotContain(
            model.Graph.Nodes,
            node => node.Operator == (outer ? "Sigmoid" : "Tanh") || node.Operator == (inner ? "Mul" : "Div")
        );
        Assert.Equal(2, model.Graph.Initializers.Values.Count(initializer => initializer.Role == WeightRole.Parameter));
        OnnxRuntimeRun.AssertEqual(sketch.Bytes, OnnxWriter.ToBytes(model));
    }

    [Fact]
    public void Takes_branches_within_functions()
    {
        var slope = new AttributeProto
        {
            Name = "alpha",
            RefAttrName = "slope",
            Type = AttributeType.Float,
        };
        var leaky = Node("LeakyRelu", "a", "out");
        leaky.Attribute.Add(slope);
        var function = new FunctionProto
        {
            Name = "chosen",
            Domain = Domain,
            Input = { "a" },
            Output = { "b" },
            Attribute = { "slope" },
            OpsetImport = { new OperatorSetIdProto { Version = 18 } },
        };
        function.Node.Add(Node("Constant", "", "holds", Tensor(TensorData.Scalar(true))));
        function.Node.Add(
            Node(
                "If",
                "holds",
                "b",
                Graph("then_branch", Branch("out", leaky)),
                Graph("else_branch", Branch("out", Node("Relu", "a", "out")))
            )
        );
        var sketch = new OnnxSketch(18).Input("x", 0, 3).Node("Neg", "x", "a");
        sketch.Model.IrVersion = 9;
        sketch.Model.Functions.Add(function);
        sketch.Model.OpsetImport.Add(new OperatorSetIdProto { Domain = Domain, Version = 1 });
        sketch.Graph.Node.Add(
            new NodeProto
            {
                OpType = "chosen",
                Domain = Domain,
                Input = { "a" },
                Output = { "c" },
                Attribute =
                {
                    new AttributeProto
                    {
                        Name = "slope",
                        Type = AttributeType.Float,
                        F = 0.5f,
                    },
                },
            }
        );
        sketch.Node("Add", "a c", "y").Output("y", 0, 3);

        var model = OnnxReader.Read(sketch.Bytes);

        Assert.Equal(0.5f, Assert.Single(model.Graph.Nodes, node => node.Operator == "LeakyRelu").Attributes.Float("alpha"));
        OnnxRuntimeRun.AssertEqual(sketch.Bytes, OnnxWriter.ToBytes(model));
    }

    [Fact]
    public void Gives_out_the_weights_of_a_branch()
    {
        var branch = Branch("w");
        branch.Initializer.Add(TensorForm.ToProto(TensorData.Of([1f, 2f, 3f], 3), "w"));
        var sketch = new OnnxSketch(13)
            .Input("x", 0, 3)
            .Initializer("holds", TensorData.Scalar(true))
            .Node("If", "holds", "weights", ("then_branch", branch), ("else_branch", Branch("x")))
            .Node("Add", "x weights", "y")
            .Output("y", 0, 3);

        Assert.Equal([1f, 2f, 3f], OnnxReader.Read(sketch.Bytes).Weights["weights"].As<float>().ToArray());
    }

    [Fact]
    public void Refuses_conditions_that_depend_on_the_inputs()
    {
        var computed = Sketch()
            .Node("ReduceSum", "x", "sum", ("keepdims", 0))
            .Initializer("zero", TensorData.Scalar(0f))
            .Node("Greater", "sum zero", "holds");
        var batch = Sketch()
            .Node("Shape", "x", "sizes")
            .Initializer("first", TensorData.Scalar(0L))
            .Node("Gather", "sizes first", "size")
            .Initializer("one", TensorData.Scalar(1L))
            .Node("Equal", "size one", "holds");
        foreach (var sketch in new[] { computed, batch })
        {
            sketch.Node("If", "holds", "y", ("then_branch", Relu()), ("else_branch", Relu()));

            var exception = Assert.Throws<UnsupportedOperatorException>(() => OnnxReader.Read(sketch.Bytes));

            Assert.Contains("its condition depends on what the network computes, or on sizes", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Refuses_ifs_that_lack_parts()
    {
        Assert.Contains("one input", Refused(sketch => sketch.Node("If", "", "y", ("then_branch", Relu()))), StringComparison.Ordinal);
        Assert.Contains(
            "takes its then_branch",
            Refused(sketch => sketch.Node("If", "true", "y", ("else_branch", Relu()))),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "has 2 outputs",
            Refused(sketch => sketch.Node("If", "true", "y z", ("then_branch", Relu()))),
            StringComparison.Ordinal
        );
    }

    private static string Refused(Func<OnnxSketch, OnnxSketch> add) =>
        Assert
            .Throws<InvalidFileException>(() => OnnxReader.Read(add(Sketch().Initializer("true", TensorData.Scalar(true))).Bytes))
            .Message;

    private static OnnxSketch Sketch() => new OnnxSketch(13).Input("x", 0, 3).Output("y", 0, 3);

    private static GraphProto Relu() => Branch("t", Node("Relu", "x", "t"));

    // u = (activation(r) * w or activation(r) / w) + x
    private static GraphProto Nested(string activation, bool inner)
    {
        var (then, otherwise) = (Branch("t", Node("Div", "v w", "t")), Branch("t", Node("Mul", "v w", "t")));
        foreach (var branch in new[] { then, otherwise })
        {
            branch.Initializer.Add(TensorForm.ToProto(TensorData.Of([1.5f, 2f, -3f], 3), "w"));
        }

        return Branch(
            "u",
            Node(activation, "r", "v"),
            Node("Constant", "", "inner", Tensor(TensorData.Scalar(inner))),
            Node("If", "inner", "s", Graph("then_branch", then), Graph("else_branch", otherwise)),
            Node("Add", "s x", "u")
        );
    }

    private static GraphProto Branch(string output, params NodeProto[] nodes) =>
        new()
        {
            Name = "branch",
            Node = { nodes },
            Output = { OnnxSketch.Value(output, null) },
        };

    private static NodeProto Node(string @operator, string inputs, string output, params AttributeProto[] attributes) =>
        new()
        {
            OpType = @operator,
            Input = { inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries) },
            Output = { output },
            Attribute = { attributes },
        };

    private static AttributeProto Tensor(TensorData data) =>
        new()
        {
            Name = "value",
            Type = AttributeType.Tensor,
            T = TensorForm.ToProto(data, ""),
        };

    private static AttributeProto Graph(string name, GraphProto graph) =>
        new()
        {
            Name = name,
            Type = AttributeType.Graph,
            G = graph,
        };
}
