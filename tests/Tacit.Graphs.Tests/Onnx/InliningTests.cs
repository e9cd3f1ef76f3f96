using Tacit.Graphs.Onnx;
using Tacit.Graphs.Onnx.Proto;
using static Tacit.Graphs.Onnx.Proto.AttributeProto.Types;

namespace Tacit.Graphs.Tests.Onnx;

public sealed class InliningTests
{
    private const string Domain = "pkg.onnxscript.torch_lib";

    // The reference is ONNX Runtime, which inlines the functions of the same file itself.
    [Fact]
    public void Computes_what_the_functions_do()
    {
        var sketch = Calls();

        var model = OnnxReader.Read(sketch.Bytes);

        Assert.All(model.Graph.Nodes, node => Assert.Contains(node.Operator, new[] { "LeakyRelu", "Add", "Mul" }));
        OnnxRuntimeRun.AssertEqual(sketch.Bytes, OnnxWriter.ToBytes(model));
    }

    [Fact]
    public void Names_values_after_the_call()
    {
        var nodes = OnnxReader.Read(Calls().Bytes).Graph.Nodes;

        Assert.Contains("node_twice_1/half", nodes.SelectMany(node => node.Outputs));
        Assert.Equal(nodes.Length, nodes.Select(node => node.Output).Distinct().Count());
    }

    [Fact]
    public void Takes_attributes_from_the_call_or_the_default()
    {
        var slopes = OnnxReader
            .Read(Calls().Bytes)
            .Graph.Nodes.Where(node => node.Operator == "LeakyRelu")
            .Select(node => node.Attributes.Float("alpha", 0.01f));

        Assert.Equal([0.5f, 0.5f, 0.25f, 0.25f], slopes.Order().Reverse());
    }

    [Fact]
    public void Leaves_out_what_the_call_leaves_out()
    {
        var sketch = new OnnxSketch(18).Input("x", 0, 3);
        var function = Function(
            "clipped",
            ["a", "low", "high"],
            ["b"],
            new NodeProto
            {
                OpType = "Clip",
                Input = { "a", "low", "high" },
                Output = { "b" },
            }
        );
        sketch.Model.Functions.Add(function);
        sketch
            .Initializer("one", TensorData.Scalar(1f))
            .Graph.Node.Add(
                new NodeProto
                {
                    OpType = "clipped",
                    Domain = Domain,
                    Input = { "x", "one" },
                    Output = { "y" },
                }
            );

        var node = Assert.Single(OnnxReader.Read(sketch.Output("y", 0, 3).Bytes).Graph.Nodes);

        Assert.Equal(("one", (string?)null), (node.InputOrNull(1), node.InputOrNull(2)));
    }

    [Fact]
    public void Lets_inputs_pass_through()
    {
        var sketch = new OnnxSketch(18).Input("x", 0, 3).Node("Relu", "x", "r");
        sketch.Model.Functions.Add(Function("same", ["a"], ["a"]));
        sketch.Graph.Node.Add(
            new NodeProto
            {
                OpType = "same",
                Domain = Domain,
                Input = { "r" },
                Output = { "y" },
            }
        );

        var model = OnnxReader.Read(sketch.Output("y", 0, 3).Bytes);

        Assert.Equal(["Relu", "Identity"], model.Graph.Nodes.Select(node => node.Operator));
    }

    [Fact]
    public void Refuses_functions_that_call_themselves()
    {
        var sketch = Call(new OnnxSketch(18).Input("x", 0, 3), "again");
        sketch.Model.Functions.Add(
            Function(
                "again",
                ["a"],
                ["b"],
                new NodeProto
                {
                    OpType = "again",
                    Domain = Domain,
                    Input = { "a" },
                    Output = { "b" },
                }
            )
        );

        Assert.Contains(
            "calls itself",
            Assert.Throws<InvalidFileException>(() => OnnxReader.Read(sketch.Bytes)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Refuses_functions_that_unfold_without_end()
    {
        var sketch = Call(new OnnxSketch(18).Input("x", 0, 3), "f0");
        for (var level = 0; level < 40; level++)
        {
            var twice = Enumerable
                .Range(0, 2)
                .Select(i => new NodeProto
                {
                    OpType = $"f{level + 1}",
                    Domain = Domain,
                    Input = { i == 0 ? "a" : "c" },
                    Output = { i == 0 ? "c" : "b" },
                });
            sketch.Model.Functions.Add(Function($"f{level}", ["a"], ["b"], [.. twice]));
        }

        sketch.Model.Functions.Add(
            Function(
                "f40",
                ["a"],
                ["b"],
                new NodeProto
                {
                    OpType = "Relu",
                    Input = { "a" },
                    Output = { "b" },
                }
            )
        );

        Assert.Contains(
            "the graph has more than",
            Assert.Throws<UnsuitableModelException>(() => OnnxReader.Read(sketch.Bytes)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Refuses_functions_of_another_opset()
    {
        var sketch = Calls();
        sketch.Model.Functions[0].OpsetImport[0].Version = 13;

        Assert.Contains(
            "opset 13",
            Assert.Throws<UnsupportedOperatorException>(() => OnnxReader.Read(sketch.Bytes)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Refuses_functions_defined_twice_or_called_with_too_much()
    {
        var twice = Calls();
        twice.Model.Functions.Add(twice.Model.Functions[0].Clone());
        Assert.Contains(
            "defined twice",
            Assert.Throws<InvalidFileException>(() => OnnxReader.Read(twice.Bytes)).Message,
            StringComparison.Ordinal
        );

        var more = Calls();
        more.Graph.Node[0].Input.Add("x");
        Assert.Contains(
            "more than the function takes",
            Assert.Throws<InvalidFileException>(() => OnnxReader.Read(more.Bytes)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Refuses_functions_that_unfold_to_nothing_without_end()
    {
        var sketch = new OnnxSketch(18).Input("x", 0, 3).Output("x", 0, 3);
        for (var level = 0; level < 40; level++)
        {
            NodeProto[] twice =
            [
                .. Enumerable.Range(0, level < 39 ? 2 : 0).Select(_ => new NodeProto { OpType = $"f{level + 1}", Domain = Domain }),
            ];
            sketch.Model.Functions.Add(Function($"f{level}", [], [], twice));
        }

        sketch.Graph.Node.Add(new NodeProto { OpType = "f0", Domain = Domain });

        Assert.Contains(
            "the graph has more than",
            Assert.Throws<UnsuitableModelException>(() => OnnxReader.Read(sketch.Bytes)).Message,
            StringComparison.Ordinal
        );
    }

    // y = twice(twice(x, slope 0.5)), where twice(a) = leaky(a) + leaky(a) * weights, and leaky's slope is given or 0.25 by default.
    private static OnnxSketch Calls()
    {
        var sketch = new OnnxSketch(18).Input("x", 0, 3).Floats("weights", 3);
        sketch.Model.IrVersion = 9;
        var leaky = Function(
            "leaky",
            ["a"],
            ["b"],
            new NodeProto
            {
                OpType = "LeakyRelu",
                Input = { "a" },
                Output = { "b" },
                Attribute = { Reference("alpha", "slope") },
            }
        );
        leaky.AttributeProto.Add(
            new AttributeProto
            {
                Name = "slope",
                Type = AttributeType.Float,
                F = 0.25f,
            }
        );
        var twice = Function(
            "twice",
            ["a", "w"],
            ["b"],
            new NodeProto
            {
                OpType = "leaky",
                Domain = Domain,
                Input = { "a" },
                Output = { "half" },
                Attribute = { Reference("slope", "steep") },
            },
            new NodeProto
            {
                OpType = "leaky",
                Domain = Domain,
                Input = { "a" },
                Output = { "other" },
                Attribute = { Reference("slope", "steep") },
            },
            new NodeProto
            {
                OpType = "Mul",
                Input = { "other", "w" },
                Output = { "scaled" },
            },
            new NodeProto
            {
                OpType = "Add",
                Input = { "half", "scaled" },
                Output = { "b" },
            }
        );
        twice.AttributeProto.Add(
            new AttributeProto
            {
                Name = "steep",
                Type = AttributeType.Float,
                F = 0.25f,
            }
        );
        sketch.Model.Functions.Add(leaky);
        sketch.Model.Functions.Add(twice);
        sketch.Model.OpsetImport.Add(new OperatorSetIdProto { Domain = Domain, Version = 1 });
        sketch.Graph.Node.Add(
            new NodeProto
            {
                OpType = "twice",
                Domain = Domain,
                Name = "node_twice_1",
                Input = { "x", "weights" },
                Output = { "half" },
                Attribute =
                {
                    new AttributeProto
                    {
                        Name = "steep",
                        Type = AttributeType.Float,
                        F = 0.5f,
                    },
                },
            }
        );
        sketch.Graph.Node.Add(
            new NodeProto
            {
                OpType = "twice",
                Domain = Domain,
                Name = "node_twice_2",
                Input = { "half", "weights" },
                Output = { "y" },
            }
        );
        return sketch.Output("y", 0, 3);
    }

    private static OnnxSketch Call(OnnxSketch sketch, string function)
    {
        sketch.Graph.Node.Add(
            new NodeProto
            {
                OpType = function,
                Domain = Domain,
                Input = { "x" },
                Output = { "y" },
            }
        );
        return sketch.Output("y", 0, 3);
    }

    private static AttributeProto Reference(string name, string to) =>
        new()
        {
            Name = name,
            RefAttrName = to,
            Type = AttributeType.Float,
        };

    private static FunctionProto Function(string name, string[] inputs, string[] outputs, params NodeProto[] nodes)
    {
        var function = new FunctionProto { Name = name, Domain = Domain };
        function.Input.AddRange(inputs);
        function.Output.AddRange(outputs);
        function.Node.AddRange(nodes);
        function.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 18 });
        function.OpsetImport.Add(new OperatorSetIdProto { Domain = Domain, Version = 1 });
        return function;
    }
}
