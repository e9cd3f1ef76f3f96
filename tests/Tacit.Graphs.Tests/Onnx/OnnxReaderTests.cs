using Tacit.Graphs.Onnx;
using Tacit.Graphs.Onnx.Proto;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Tests.Onnx;

public sealed class OnnxReaderTests
{
    [Fact]
    public void Keeps_the_names_of_values()
    {
        var sketch = new OnnxSketch(13).Input("in put", 0, 3).Output("ça/va:0", 0, 3);
        sketch.Graph.Node.Add(
            new NodeProto
            {
                OpType = "Relu",
                Input = { "in put" },
                Output = { "ça/va:0" },
            }
        );

        var graph = OnnxReader.Read(sketch.Bytes).Graph;

        Assert.Equal(("in put", "ça/va:0"), (graph.Inputs[0].Name, graph.Outputs[0].Name));
    }

    [Fact]
    public void Gives_nodes_names_of_their_own()
    {
        var sketch = new OnnxSketch(13)
            .Input("x", 0, 3)
            .Node("Relu", "x", "a")
            .Node("Relu", "a", "b")
            .Node("Relu", "b", "y")
            .Output("y", 0, 3);
        sketch.Graph.Node[1].Name = "same";
        sketch.Graph.Node[2].Name = "same";

        Assert.Equal(["a", "same", "same_1"], OnnxReader.Read(sketch.Bytes).Graph.Nodes.Select(node => node.Name));
    }

    [Fact]
    public void Leaves_initializers_out_of_the_inputs()
    {
        var sketch = new OnnxSketch(9).Input("x", 0, 3).Input("w", 3).Floats("w", 3).Node("Add", "x w", "y").Output("y", 0, 3);

        Assert.Equal("x", Assert.Single(OnnxReader.Read(sketch.Bytes).Graph.Inputs).Name);
    }

    [Fact]
    public void Leaves_out_what_no_output_depends_on()
    {
        var sketch = new OnnxSketch(13).Input("x", 0, 3).Floats("w", 3).Node("Add", "x w", "dead").Node("Relu", "x", "y").Output("y", 0, 3);

        var graph = OnnxReader.Read(sketch.Bytes).Graph;

        Assert.Single(graph.Nodes);
        Assert.Empty(graph.Initializers);
    }

    [Fact]
    public void Puts_nodes_in_order()
    {
        var sketch = new OnnxSketch(13).Input("x", 0, 3).Node("Relu", "a", "y").Node("Relu", "x", "a").Output("y", 0, 3);

        Assert.Equal(["a", "y"], OnnxReader.Read(sketch.Bytes).Graph.Nodes.Select(node => node.Output));
    }

    [Fact]
    public void Names_unknown_sizes()
    {
        var sketch = new OnnxSketch(13).Input("x", -1, -1, 4).Node("Relu", "x", "y").Output("y", -1, -1, 4);

        Assert.Equal(new Shape("N", "x_1", 4), OnnxReader.Read(sketch.Bytes).Graph.Inputs[0].Type.Shape);
    }

    [Fact]
    public void Finds_the_types_of_undeclared_outputs()
    {
        var sketch = new OnnxSketch(13).Input("x", 0, 3).Node("Shape", "x", "y").Output("y");
        sketch.Graph.Output[0].Type = null;

        Assert.Equal(new TensorType(ElementType.Int64, Shape.Of(2)), OnnxReader.Read(sketch.Bytes).Graph.Outputs[0].Type);
    }

    [Fact]
    public void Takes_the_long_name_of_the_domain()
    {
        var sketch = new OnnxSketch(13).Input("x", 0, 3).Node("Relu", "x", "y").Output("y", 0, 3);
        sketch.Model.OpsetImport[0].Domain = "ai.onnx";
        sketch.Graph.Node[0].Domain = "ai.onnx";

        Assert.Single(OnnxReader.Read(sketch.Bytes).Graph.Nodes);
    }

    [Fact]
    public void Tells_what_weights_are_for()
    {
        var graph = OnnxReader
            .Read(
                new OnnxSketch(13)
                    .Input("x", 0, 3, 4, 4)
                    .Floats("kernel", 3, 3, 1, 1)
                    .Floats("bias", 3)
                    .Floats("scale", 3)
                    .Floats("shift", 3)
                    .Floats("mean", 3)
                    .Floats("variance", 3)
                    .Initializer("six", TensorData.Scalar(6f))
                    .Initializer("most", TensorData.Scalar(6f))
                    .Integers("sizes", 0, -1)
                    .Node("Conv", "x kernel bias", "c")
                    .Node("BatchNormalization", "c scale shift mean variance", "n")
                    .Node("Mul", "n six", "m")
                    .Node("Clip", "m _ most", "r")
                    .Node("Reshape", "r sizes", "y")
                    .Output("y", 0, 48)
                    .Bytes
            )
            .Graph;

        string[] Of(WeightRole role) =>
            [.. graph.Initializers.Values.Where(i => i.Role == role).Select(i => i.Name).Order(StringComparer.Ordinal)];
        Assert.Equal(["bias", "kernel", "scale", "shift"], Of(WeightRole.Parameter));
        Assert.Equal(["mean", "variance"], Of(WeightRole.Statistic));
        Assert.Equal(["most", "six", "sizes"], Of(WeightRole.Constant));
    }

    [Fact]
    public void Parts_weights_that_an_exporter_merged()
    {
        // PyTorch's exporter writes equal tensors once: here a scale of ones that is also the variance.
        var graph = OnnxReader
            .Read(
                new OnnxSketch(13)
                    .Input("x", 0, 3)
                    .Floats("scale", 3)
                    .Floats("shift", 3)
                    .Floats("mean", 3)
                    .Node("Identity", "scale", "variance")
                    .Node("BatchNormalization", "x scale shift mean variance", "y")
                    .Output("y", 0, 3)
                    .Bytes
            )
            .Graph;

        Assert.Equal((WeightRole.Parameter, WeightRole.Statistic), (graph.Initializers["scale"].Role, graph.Initializers["variance"].Role));
        Assert.Single(graph.Nodes);
    }

    [Theory]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.Float64)]
    [InlineData(ElementType.BFloat16)]
    public void Reads_networks_of_other_precisions_in_single(ElementType element)
    {
        byte[] one = element switch
        {
            ElementType.Float16 => BitConverter.GetBytes((Half)1.5f),
            ElementType.Float64 => BitConverter.GetBytes(1.5),
            _ => [0xC0, 0x3F], // bfloat16: the upper half of 1.5f
        };
        var sketch = new OnnxSketch(13)
            .Input("x", 0, 1)
            .Initializer("w", new TensorData(element, [1], one))
            .Node("Cast", "x", "v", ("to", (int)element))
            .Node("Add", "v w", "y")
            .Output("y", 0, 1);
        sketch.Graph.Input[0].Type.TensorType.ElemType = (int)element;
        sketch.Graph.Output[0].Type.TensorType.ElemType = (int)element;

        var model = OnnxReader.Read(sketch.Bytes);

        Assert.Equal([1.5f], model.Weights["w"].As<float>().ToArray());
        Assert.Equal((ElementType.Float32, ElementType.Float32), (model.Graph.Inputs[0].Type.Element, model.Graph.Outputs[0].Type.Element));
        Assert.Equal((long)ElementType.Float32, model.Graph.Nodes[0].Attributes.Int("to"));
    }

    [Fact]
    public void Reads_a_half_precision_network_to_the_numbers_of_the_runtime()
    {
        var weights = new TensorData(
            ElementType.Float16,
            [2, 3],
            new[] { 1f, -2, 0.5f, 3, 0.25f, -1 }.SelectMany(value => BitConverter.GetBytes((Half)value)).ToArray()
        );
        var bytes = new OnnxSketch(13)
            .Input("x", 0, 2)
            .Initializer("w", weights)
            .Node("Cast", "x", "h", ("to", (int)ElementType.Float16))
            .Node("MatMul", "h w", "product")
            .Node("Relu", "product", "r")
            .Node("Cast", "r", "y", ("to", 1))
            .Output("y", 0, 3)
            .Bytes;

        OnnxRuntimeRun.AssertEqual(bytes, OnnxWriter.ToBytes(OnnxReader.Read(bytes)), tolerance: 5e-3);
    }

    [Fact]
    public void Refuses_doubles_beyond_single_precision()
    {
        var data = new TensorData(ElementType.Float64, [1], BitConverter.GetBytes(1e300));
        var bytes = new OnnxSketch(13).Input("x", 1).Initializer("w", data).Node("Add", "x w", "y").Output("y", 1).Bytes;

        Assert.Throws<UnsuitableModelException>(() => OnnxReader.Read(bytes));
    }

    [Fact]
    public void Reads_other_elements_as_they_are()
    {
        var data = new TensorData(ElementType.UInt64, [2], new byte[16]);
        var bytes = new OnnxSketch(13)
            .Input("x", 2)
            .Initializer("w", data)
            .Node("Cast", "w", "v", ("to", 1))
            .Node("Add", "x v", "y")
            .Output("y", 2)
            .Bytes;

        Assert.Equal(data.Type, OnnxReader.Read(bytes).Weights["w"].Type);
    }

    [Theory]
    [InlineData(ElementType.Float32)]
    [InlineData(ElementType.Float64)]
    [InlineData(ElementType.Float16)]
    [InlineData(ElementType.Int64)]
    [InlineData(ElementType.Int32)]
    [InlineData(ElementType.Int16)]
    [InlineData(ElementType.Int8)]
    [InlineData(ElementType.UInt8)]
    [InlineData(ElementType.UInt32)]
    [InlineData(ElementType.UInt64)]
    [InlineData(ElementType.Boolean)]
    public void Reads_elements_from_fields_of_their_type(ElementType element)
    {
        var proto = new TensorProto
        {
            Name = "w",
            DataType = (int)element,
            Dims = { 2 },
        };
        proto.FloatData.AddRange([0, 1]);
        proto.DoubleData.AddRange([0, 1]);
        proto.Int64Data.AddRange([0, 1]);
        proto.Uint64Data.AddRange([0, 1]);
        proto.Int32Data.AddRange([0, element == ElementType.Float16 ? BitConverter.HalfToUInt16Bits((Half)1) : 1]);
        var sketch = new OnnxSketch(13).Input("x", 2).Node("Cast", "w", "y", ("to", 1)).Output("y", 2);
        sketch.Graph.Initializer.Add(proto);

        Assert.Equal([0f, 1f], OnnxRuntimeRun.Run(OnnxWriter.ToBytes(OnnxReader.Read(sketch.Bytes)))[0]);
    }

    [Fact]
    public void Refuses_attributes_that_it_does_not_know()
    {
        var bytes = new OnnxSketch(13).Input("x", 0, 3).Node("Relu", "x", "y", ("slope", 1f)).Output("y", 0, 3).Bytes;

        Assert.Contains("slope", Assert.Throws<UnsupportedOperatorException>(() => OnnxReader.Read(bytes)).Message);
    }

    [Fact]
    public void Refuses_attributes_of_a_wrong_type()
    {
        var bytes = new OnnxSketch(13).Input("x", 0, 3).Node("Softmax", "x", "y", ("axis", 1f)).Output("y", 0, 3).Bytes;

        Assert.Contains("axis", Assert.Throws<InvalidFileException>(() => OnnxReader.Read(bytes)).Message);
    }

    [Fact]
    public void Refuses_files_beyond_two_gigabytes()
    {
        var path = Path.GetTempFileName();
        try
        {
            // A sparse file, which takes no space on the disk.
            using (var file = File.OpenWrite(path))
            {
                file.SetLength(3L << 30);
            }

            Assert.Contains("2 GB", Assert.Throws<InvalidFileException>(() => OnnxReader.Read(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Lists_the_operators_that_have_a_schema()
    {
        var bytes = new OnnxSketch(13).Input("x", 0, 3).Node("Det", "x", "y").Output("y", 0, 3).Bytes;

        var message = Assert.Throws<UnsupportedOperatorException>(() => OnnxReader.Read(bytes)).Message;

        Assert.All(OperatorSchemas.All.Where(schema => schema.Name != "FakeQuantize"), schema => Assert.Contains(schema.Name, message));
    }

    [Fact]
    public void Names_a_batch_norm_that_divides_by_zero()
    {
        var sketch = new OnnxSketch(15)
            .Input("x", 0, 2, 2, 2)
            .Floats("s", 2)
            .Floats("b", 2)
            .Floats("m", 2)
            .Initializer("v", TensorData.Of<float>([1, 0], 2))
            .Node("BatchNormalization", "x s b m v", "y", ("epsilon", 0f))
            .Output("y", 0, 2, 2, 2);

        var exception = Assert.Throws<UnsuitableModelException>(() => OnnxReader.Read(sketch.Bytes));

        Assert.Equal("y", exception.Node);
        Assert.StartsWith(
            "the BatchNormalization y divides by zero: its variance is 0 in channel 1, and its epsilon is 0",
            exception.Message,
            StringComparison.Ordinal
        );
    }
}
