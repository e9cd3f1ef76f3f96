using CsCheck;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Canonical;
using Tacit.Graphs.Tests.Operators;
using Tacit.Graphs.Tests.Passes;

namespace Tacit.Graphs.Tests.Passes.Canonical;

public sealed class ConstantFoldingTests
{
    [Fact]
    public void A_batch_read_from_the_shape_becomes_a_size_that_stays()
    {
        var builder = new GraphBuilder("view");
        var x = builder.Input("x", new Shape("N", 4, 2, 2));
        var batch = builder.Add("Gather", [builder.Add("Shape", [x]), builder.Constant("first", 0)], Attributes.None.With("axis", 0L));
        var sizes = builder.Add("Concat", [batch, builder.Constant("rest", -1)], Attributes.None.With("axis", 0L));
        builder.Output(builder.Add("Reshape", [x, sizes], name: "y"), new Shape("N", 16));

        var folded = ConstantFolding.Apply(builder.Build());

        var reshape = Assert.Single(folded.Graph.Nodes);
        Assert.Equal([0, 16], folded.Weights[reshape.Inputs[1]].As<long>());
        Assert.Equal(WeightRole.Constant, folded.Graph.Initializers[reshape.Inputs[1]].Role);
    }

    [Fact]
    public void Given_shapes_are_folded_in()
    {
        var builder = new GraphBuilder("size");
        var x = builder.Input("x", new Shape("N", "C"));
        var count = builder.Add("Cast", [builder.Add("Shape", [x])], Attributes.None.With("to", 1L), "count");
        builder.Output(builder.Add("Mul", [x, count], name: "y"), new Shape("N", "C"));

        var folded = ConstantFolding.Apply(builder.Build(), new Dictionary<string, Shape> { ["x"] = Shape.Of(3, 2) });

        Assert.Equal([3f, 2], folded.Weights["count"].As<float>());
        Assert.Equal(Shape.Of(3, 2), folded.Graph.Inputs[0].Type.Shape);
        Assert.Equal(Shape.Of(3, 2), folded.Graph.Outputs[0].Type.Shape);
    }

    [Theory]
    [InlineData(WeightRole.Parameter, "Add")]
    [InlineData(WeightRole.Statistic, "Add")]
    [InlineData(WeightRole.Constant, "")]
    public void Only_constants_are_folded(WeightRole role, string left)
    {
        var builder = new GraphBuilder("roles");
        var sum = builder.Add(
            "Add",
            [builder.Initializer("a", TensorData.Of([1f, 2]), role), builder.Initializer("b", TensorData.Of([3f, 4]), WeightRole.Constant)]
        );
        builder.Output(builder.Add("Mul", [builder.Input("x", Shape.Of(2)), sum]), Shape.Of(2));

        var folded = ConstantFolding.Apply(builder.Build());

        Assert.Equal((left + " Mul").Trim(), string.Join(' ', folded.Graph.Nodes.Select(node => node.Operator)));
    }

    [Fact]
    public void Nodes_that_change_nothing_go_and_outputs_keep_their_names()
    {
        var builder = new GraphBuilder("nothing");
        var x = builder.Input("x", new Shape("N", 3));
        var same = builder.Add("Identity", [builder.Add("Cast", [x], Attributes.None.With("to", 1L))]);
        var padded = builder.Add("Pad", [same, builder.Constant("pads", 0, 0, 0, 0)]);
        var inner = builder.Add("Relu", [padded], name: "inner");
        var sum = builder.Add("Add", [inner, builder.Add("Concat", [padded], Attributes.None.With("axis", 0L))], name: "sum");
        builder.Output(builder.Add("Identity", [sum], name: "y"), new Shape("N", 3));

        var graph = ConstantFolding.Apply(builder.Build()).Graph;

        Assert.Equal(["Relu", "Add"], graph.Nodes.Select(node => node.Operator));
        Assert.Equal(["inner", "x"], graph.Nodes[1].Inputs);
        Assert.Equal("y", graph.Nodes[1].Output);
    }

    [Theory]
    [InlineData("Add", 0f, false, true)]
    [InlineData("Add", 0f, true, true)]
    [InlineData("Mul", 1f, true, true)]
    [InlineData("Sub", 0f, false, true)]
    [InlineData("Div", 1f, false, true)]
    [InlineData("Sub", 0f, true, false)]
    [InlineData("Div", 1f, true, false)]
    [InlineData("Mul", 0f, false, false)]
    public void Sums_with_0_and_products_with_1_go(string @operator, float number, bool first, bool goes)
    {
        var builder = new GraphBuilder("neutral");
        var x = builder.Add("Relu", [builder.Input("x", new Shape("N", 3))]);
        var constant = builder.Initializer("c", TensorData.Scalar(number), WeightRole.Constant);
        builder.Output(builder.Add("Tanh", [builder.Add(@operator, first ? [constant, x] : [x, constant])], name: "y"), new Shape("N", 3));

        var operators = ConstantFolding.Apply(builder.Build()).Graph.Nodes.Select(node => node.Operator);

        Assert.Equal(goes ? ["Relu", "Tanh"] : ["Relu", @operator, "Tanh"], operators);
    }

    [Theory]
    [InlineData(WeightRole.Parameter, 1)]
    [InlineData(WeightRole.Constant, 2)]
    public void Neutral_numbers_that_are_learnt_or_broadcast_stay(WeightRole role, int rows)
    {
        var builder = new GraphBuilder("neutral");
        var ones = builder.Initializer("c", TensorData.Of<float>([.. Enumerable.Repeat(1f, rows)], rows, 1), role);
        builder.Output(builder.Add("Mul", [builder.Input("x", new Shape(1, 3)), ones], name: "y"), new Shape(rows, 3));

        Assert.Single(ConstantFolding.Apply(builder.Build()).Graph.Nodes);
    }

    [Fact]
    public void What_is_read_on_both_sides_of_an_output_keeps_its_value()
    {
        var builder = new GraphBuilder("outputs");
        var x = builder.Input("x", Shape.Of(2));
        var relu = builder.Add("Relu", [x]);
        builder.Output(builder.Add("Identity", [relu], name: "first"), Shape.Of(2));
        builder.Output(builder.Add("Identity", [relu], name: "second"), Shape.Of(2));
        builder.Output(builder.Add("Identity", [x], name: "third"), Shape.Of(2));
        builder.Output(builder.Add("Tanh", [relu], name: "fourth"), Shape.Of(2));

        var graph = ConstantFolding.Apply(builder.Build()).Graph;

        Assert.Equal(["first", "second", "third", "fourth"], graph.Outputs.Select(output => output.Name));
        Assert.Equal("first", Assert.Single(graph.Nodes, node => node.Operator == "Relu").Output);
        Assert.Equal(["first"], Assert.Single(graph.Nodes, node => node.Operator == "Tanh").Inputs);
    }

    [Fact]
    public void Dropout_stays_for_training()
    {
        var folded = ConstantFolding.Apply(SingleNode.Network("Dropout", new Shape("N", 3), null, TensorData.Scalar(.5f)));

        Assert.Equal("Dropout", Assert.Single(folded.Graph.Nodes).Operator);
    }

    // Random chains of operators that exporters apply to small tensors. The runtime is the reference.
    [Theory]
    [InlineData(ElementType.Int64)]
    [InlineData(ElementType.Float32)]
    public void Folded_values_are_those_of_the_runtime(ElementType element) =>
        Gen.Select(Gen.Int[0, int.MaxValue], Gen.Int[1, 6])
            .Sample(
                (seed, length) =>
                {
                    var alone = new ConstantChain(seed, length, element);
                    alone.Builder.Output(alone.Value, Shape.Of(alone.Rows, alone.Columns), element);
                    var read = new ConstantChain(seed, length, element);
                    var product = read.Builder.Add("Mul", [read.Builder.Input("x", Shape.Scalar, element), read.Value]);
                    read.Builder.Output(product, Shape.Of(read.Rows, read.Columns), element);

                    var expected = Runtime.Output(alone.Builder.Build());
                    var folded = ConstantFolding.Apply(read.Builder.Build());

                    var result = folded.Weights[Assert.Single(folded.Graph.Nodes).Inputs[1]];
                    Assert.Equal(expected.Type, result.Type);
                    Assert.Equal(expected.Bytes, result.Bytes);
                },
                iter: 150,
                threads: 1
            );

    [Fact]
    public void ResNet20_of_PyTorch_keeps_its_layers_only()
    {
        var folded = ConstantFolding.Apply(OnnxReader.Read(SharedFiles.Model("resnet20-cifar10.onnx")));

        var operators = folded.Graph.Nodes.CountBy(node => node.Operator).ToDictionary();
        Assert.Equal(
            new Dictionary<string, int>
            {
                ["Conv"] = 19,
                ["BatchNormalization"] = 19,
                ["Relu"] = 19,
                ["Add"] = 9,
                ["Slice"] = 4,
                ["Pad"] = 2,
                ["AveragePool"] = 1,
                ["Reshape"] = 1,
                ["Gemm"] = 1,
            },
            operators
        );
        Assert.All(
            folded.Graph.Nodes,
            node =>
                Assert.All(
                    Graphs.Operators.OperatorSchemas.Find(node.Operator)!.StructuralInputs.Select(node.InputOrNull).OfType<string>(),
                    input => Assert.Equal(WeightRole.Constant, folded.Graph.Initializers[input].Role)
                )
        );
    }

    [Fact]
    public void ResNet20_gives_the_same_logits()
    {
        var model = OnnxReader.Read(SharedFiles.Model("resnet20-cifar10.onnx"));
        var input = new Dictionary<string, long[]> { ["input"] = [2, 3, 32, 32] };

        var expected = Runtime.Output(model, input, index => MathF.Sin(index));
        var folded = Runtime.Output(ConstantFolding.Apply(model), input, index => MathF.Sin(index));

        Assert.Equal(expected.As<float>().ToArray(), folded.As<float>().ToArray(), (a, b) => MathF.Abs(a - b) < 1e-4f);
    }
}
