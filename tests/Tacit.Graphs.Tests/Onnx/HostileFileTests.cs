using Google.Protobuf;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Tests.Onnx;

public sealed class HostileFileTests
{
    [Fact]
    public void Refuses_an_empty_file() => AssertInvalid([], "empty");

    [Fact]
    public void Refuses_a_file_of_another_kind() => AssertInvalid("<!DOCTYPE html><html></html>"u8.ToArray(), "not an ONNX file");

    [Fact]
    public void Refuses_random_bytes()
    {
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            var bytes = new byte[random.Next(1, 2000)];
            random.NextBytes(bytes);
            Assert.ThrowsAny<ContentException>(() => OnnxReader.Read(bytes));
        }
    }

    [Fact]
    public void Says_where_a_truncated_file_ends()
    {
        var bytes = Valid().Bytes;

        var exception = AssertInvalid(bytes[..(bytes.Length / 2)], "it ends too early");

        Assert.InRange(exception.Offset!.Value, 1, bytes.Length / 2);
    }

    [Fact]
    public void Says_which_file_is_missing()
    {
        var exception = Assert.Throws<InvalidFileException>(() => OnnxReader.Read("/nowhere/at/all.onnx"));

        Assert.Equal("/nowhere/at/all.onnx", exception.Path);
    }

    [Fact]
    public void Refuses_a_folder() => Assert.Throws<InvalidFileException>(() => OnnxReader.Read(Path.GetTempPath()));

    [Fact]
    public void Refuses_fewer_bytes_than_the_sizes_say() =>
        AssertInvalid(With(tensor => tensor.RawData = ByteString.CopyFrom(new byte[7])), "should hold 12 bytes");

    [Fact]
    public void Refuses_negative_sizes() => AssertInvalid(With(tensor => tensor.Dims[0] = -3), "negative size");

    [Fact]
    public void Refuses_sizes_whose_product_overflows() =>
        AssertInvalid(With(tensor => tensor.Dims.Add([1L << 40, 1L << 40])), "impossible sizes");

    [Fact]
    public void Refuses_huge_claims_without_the_memory()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();

        AssertInvalid(With(tensor => tensor.Dims[0] = 1L << 40), "should hold");

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000_000);
    }

    [Fact]
    public void Refuses_a_length_beyond_the_end()
    {
        // Field 7 (the graph) with a length of 2 GB - 1, and nothing after it.
        AssertInvalid([0x08, 0x08, 0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x07], "it ends too early");
    }

    [Fact]
    public void Refuses_thousands_of_dimensions() =>
        AssertInvalid(With(tensor => tensor.Dims.Add(Enumerable.Repeat(1L, 5000))), "dimensions");

    [Theory]
    [InlineData(8, "string")]
    [InlineData(14, "complex64")]
    [InlineData(17, "float8")]
    [InlineData(-7, "number -7")]
    public void Refuses_types_that_it_does_not_handle(int type, string name) =>
        AssertUnsuitable(With(tensor => tensor.DataType = type), name);

    [Fact]
    public void Refuses_segments() =>
        AssertInvalid(With(tensor => tensor.Segment = new TensorProto.Types.Segment { Begin = 0, End = 1 }), "segments");

    [Fact]
    public void Refuses_sparse_initializers()
    {
        var sketch = Valid();
        sketch.Graph.SparseInitializer.Add(new SparseTensorProto { Values = new TensorProto { Name = "thin" } });

        AssertUnsuitable(sketch.Bytes, "thin");
    }

    [Fact]
    public void Refuses_sparse_constants()
    {
        var sketch = new OnnxSketch(13)
            .Input("x", 0, 3)
            .Node("Constant", "", "c", ("sparse_value", new SparseTensorProto()))
            .Node("Add", "x c", "y")
            .Output("y", 0, 3);

        Assert.Contains("sparse", Assert.Throws<UnsupportedOperatorException>(() => OnnxReader.Read(sketch.Bytes)).Message);
    }

    [Fact]
    public void Refuses_branches()
    {
        var sketch = new OnnxSketch(13).Input("x", 0, 3).Node("If", "x", "y", ("then_branch", new GraphProto())).Output("y", 0, 3);

        Assert.Equal("If", Assert.Throws<UnsupportedOperatorException>(() => OnnxReader.Read(sketch.Bytes)).Operator);
    }

    [Fact]
    public void Says_which_operator_it_does_not_know_and_which_it_does()
    {
        var sketch = new OnnxSketch(13).Input("x", 0, 3).Node("Det", "x", "y").Output("y", 0, 3);
        sketch.Graph.Node[0].Name = "matrix/det";

        var exception = Assert.Throws<UnsupportedOperatorException>(() => OnnxReader.Read(sketch.Bytes));

        Assert.Equal(("Det", "matrix/det", (long?)13), (exception.Operator, exception.Node, exception.Opset));
        Assert.Contains("supported are Abs, Acos, Acosh, Add, And", exception.Message);
    }

    [Fact]
    public void Refuses_its_own_operator_in_files() =>
        Assert.Throws<UnsupportedOperatorException>(() =>
            OnnxReader.Read(new OnnxSketch(17).Input("x", 0, 3).Node("FakeQuantize", "x", "y").Output("y", 0, 3).Bytes)
        );

    [Fact]
    public void Refuses_other_domains()
    {
        var sketch = Valid();
        sketch.Graph.Node[0].Domain = "com.microsoft";

        Assert.Contains("com.microsoft", Assert.Throws<UnsupportedOperatorException>(() => OnnxReader.Read(sketch.Bytes)).Message);
    }

    [Fact]
    public void Reads_past_training_information()
    {
        var sketch = Valid();
        sketch.Model.TrainingInfo.Add(new TrainingInfoProto { Algorithm = new GraphProto() });

        Assert.Single(OnnxReader.Read(sketch.Bytes).Graph.Nodes);
    }

    [Fact]
    public void Refuses_a_missing_opset()
    {
        var sketch = Valid();
        sketch.Model.OpsetImport.Clear();

        AssertInvalid(sketch.Bytes, "opset");
    }

    [Fact]
    public void Refuses_two_opsets()
    {
        var sketch = Valid();
        sketch.Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx", Version = 11 });

        AssertInvalid(sketch.Bytes, "17, 11");
    }

    [Theory]
    [InlineData(0, "too old")]
    [InlineData(-1, "too old")]
    [InlineData(22, "too new")]
    [InlineData(int.MaxValue, "too new")]
    public void Refuses_opsets_that_it_does_not_know(int opset, string why)
    {
        var sketch = Valid();
        sketch.Model.OpsetImport[0].Version = opset;

        AssertUnsuitable(sketch.Bytes, why);
    }

    [Fact]
    public void Refuses_values_defined_twice() => AssertInvalid(Valid().Node("Relu", "x", "y").Bytes, "y is defined twice");

    [Fact]
    public void Refuses_initializers_defined_twice() => AssertInvalid(Valid().Floats("w", 3).Bytes, "w is defined twice");

    [Fact]
    public void Refuses_outputs_listed_twice() => AssertInvalid(Valid().Output("y", 0, 3).Bytes, "y is listed twice");

    [Fact]
    public void Refuses_circles() =>
        AssertInvalid(new OnnxSketch(17).Input("x", 0, 3).Node("Add", "x b", "a").Node("Relu", "a", "b").Output("b", 0, 3).Bytes, "cycle");

    [Fact]
    public void Refuses_values_that_nothing_defines() =>
        AssertInvalid(new OnnxSketch(17).Input("x", 0, 3).Node("Add", "x ghost", "y").Output("y", 0, 3).Bytes, "ghost");

    [Fact]
    public void Refuses_outputs_that_nothing_defines() => AssertInvalid(Valid().Output("ghost", 0, 3).Bytes, "ghost");

    [Fact]
    public void Refuses_graphs_without_outputs() =>
        AssertInvalid(new OnnxSketch(17).Input("x", 0, 3).Node("Relu", "x", "y").Bytes, "no outputs");

    [Fact]
    public void Refuses_nodes_that_lack_inputs() =>
        AssertInvalid(new OnnxSketch(17).Input("x", 0, 3).Node("Conv", "x", "y").Output("y", 0, 3).Bytes, "lacks an input");

    [Fact]
    public void Refuses_nodes_with_too_many_inputs() =>
        AssertInvalid(new OnnxSketch(17).Input("x", 0, 3).Node("Relu", "x x", "y").Output("y", 0, 3).Bytes, "more than Relu takes");

    [Fact]
    public void Refuses_attributes_of_a_wrong_type() =>
        AssertInvalid(new OnnxSketch(9).Input("x", 0, 3).Node("Clip", "x", "y", ("min", "low")).Output("y", 0, 3).Bytes, "attribute min");

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Refuses_weights_that_are_not_numbers(float value)
    {
        var bytes = new OnnxSketch(17)
            .Input("x", 0, 3)
            .Initializer("broken.weight", TensorData.Of<float>([1, value, 2], 3))
            .Node("Add", "x broken.weight", "y")
            .Output("y", 0, 3)
            .Bytes;

        var exception = AssertUnsuitable(bytes, "broken.weight");

        Assert.Contains("element 1", exception.Message);
    }

    [Fact]
    public void Accepts_infinite_bounds()
    {
        var bytes = new OnnxSketch(17)
            .Input("x", 0, 3)
            .Initializer("hi", TensorData.Scalar(float.PositiveInfinity))
            .Node("Clip", "x _ hi", "y")
            .Output("y", 0, 3)
            .Bytes;

        Assert.Single(OnnxReader.Read(bytes).Graph.Nodes);
    }

    [Fact]
    public void Refuses_deep_nesting()
    {
        var type = new TypeProto { TensorType = new TypeProto.Types.Tensor() };
        for (var i = 0; i < 300; i++)
        {
            type = new TypeProto { SequenceType = new TypeProto.Types.Sequence { ElemType = type } };
        }

        var sketch = Valid();
        sketch.Graph.Input[0].Type = type;

        AssertInvalid(sketch.Bytes, "nested too deeply");
    }

    [Fact]
    public void Keeps_messages_to_one_line()
    {
        var sketch = new OnnxSketch(13).Input("x", 0, 3).Node("Det", "x", "y").Output("y", 0, 3);
        sketch.Graph.Node[0].Name = "two\nlines\u001b[31m";

        Assert.DoesNotContain(Assert.Throws<UnsupportedOperatorException>(() => OnnxReader.Read(sketch.Bytes)).Message, char.IsControl);
    }

    private static OnnxSketch Valid() => new OnnxSketch(17).Input("x", 0, 3).Floats("w", 3).Node("Add", "x w", "y").Output("y", 0, 3);

    private static byte[] With(Action<TensorProto> change)
    {
        var sketch = Valid();
        change(sketch.Graph.Initializer[0]);
        return sketch.Bytes;
    }

    private static InvalidFileException AssertInvalid(byte[] bytes, string message)
    {
        var exception = Assert.Throws<InvalidFileException>(() => OnnxReader.Read(bytes));
        Assert.Contains(message, exception.Message);
        Assert.DoesNotContain('\n', exception.Message);
        return exception;
    }

    private static UnsuitableModelException AssertUnsuitable(byte[] bytes, string message)
    {
        var exception = Assert.Throws<UnsuitableModelException>(() => OnnxReader.Read(bytes));
        Assert.Contains(message, exception.Message);
        return exception;
    }
}
