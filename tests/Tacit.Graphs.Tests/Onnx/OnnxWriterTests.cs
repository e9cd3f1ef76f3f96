using Tacit.Graphs.Onnx;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Tests.Onnx;

public sealed class OnnxWriterTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tacit-writer");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(16)]
    [InlineData(22)]
    public void Refuses_other_opsets(int opset) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new OnnxWriterOptions { Opset = opset });

    [Theory]
    [InlineData(17, 8)]
    [InlineData(18, 8)]
    [InlineData(19, 9)]
    [InlineData(20, 9)]
    [InlineData(21, 10)]
    public void Writes_the_format_version_of_the_opset(int opset, long version)
    {
        var proto = ModelProto.Parser.ParseFrom(OnnxWriter.ToBytes(Net("Relu"), new OnnxWriterOptions { Opset = opset }));

        Assert.Equal((opset, version), (proto.OpsetImport[0].Version, proto.IrVersion));
    }

    [Fact]
    public void Says_who_wrote_it()
    {
        var proto = ModelProto.Parser.ParseFrom(OnnxWriter.ToBytes(Net("Relu")));

        Assert.Equal("tacit", proto.ProducerName);
        Assert.Matches(@"^\d+\.\d+", proto.ProducerVersion);
    }

    [Fact]
    public void Writes_the_batch_as_a_symbol()
    {
        var proto = ModelProto.Parser.ParseFrom(OnnxWriter.ToBytes(Net("Relu")));

        Assert.Equal("N", proto.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimParam);
        Assert.Equal(3, proto.Graph.Input[0].Type.TensorType.Shape.Dim[1].DimValue);
    }

    [Fact]
    public void Writes_axes_of_reduce_mean_as_an_input_from_opset18()
    {
        var model = Net("ReduceMean", Attributes.None.With("axes", [1]));

        var node = Assert.Single(ModelProto.Parser.ParseFrom(OnnxWriter.ToBytes(model, new OnnxWriterOptions { Opset = 18 })).Graph.Node);

        Assert.Equal(2, node.Input.Count);
        Assert.DoesNotContain(node.Attribute, attribute => attribute.Name == "axes");
    }

    [Fact]
    public void Writes_the_number_of_equal_parts_from_opset18()
    {
        var builder = new GraphBuilder("split");
        var x = builder.Input("x", new("N", 4));
        builder.Add(new Node("s", "Split", [x], ["a", "b"], Attributes.None.With("axis", 1)));
        builder.Output("a", new("N", 2));
        builder.Output("b", new("N", 2));

        var bytes = OnnxWriter.ToBytes(builder.Build(), new OnnxWriterOptions { Opset = 18 });

        Assert.Equal(2, OnnxRuntimeRun.Run(bytes).Length);
    }

    [Fact]
    public void Refuses_tacits_own_operator()
    {
        var exception = Assert.Throws<UnsupportedOperatorException>(() => OnnxWriter.ToBytes(Net("FakeQuantize")));

        Assert.Equal("FakeQuantize", exception.Operator);
    }

    [Theory]
    [InlineData(ElementType.Int4)]
    [InlineData(ElementType.UInt4)]
    public void Refuses_four_bits_below_opset21(ElementType element)
    {
        var model = FourBits(element);

        var exception = Assert.Throws<UnsuitableModelException>(() => OnnxWriter.ToBytes(model, new OnnxWriterOptions { Opset = 20 }));

        Assert.Contains("opset 21", exception.Message);
        Assert.Equal("w", exception.Node);
    }

    [Theory]
    [InlineData(ElementType.Int4)]
    [InlineData(ElementType.UInt4)]
    public void Writes_four_bits_in_opset21(ElementType element)
    {
        var bytes = OnnxWriter.ToBytes(FourBits(element), new OnnxWriterOptions { Opset = 21 });

        Assert.Equal([0xA1, 0x03], OnnxReader.Read(bytes).Weights["w"].Bytes.ToArray());
        Assert.Equal(element == ElementType.Int4 ? [0.5f, -3f, 1.5f] : [0.5f, 5f, 1.5f], OnnxRuntimeRun.Run(bytes)[0]);
    }

    [Fact]
    public void Writes_dilated_averages_from_opset19_on()
    {
        var builder = new GraphBuilder("pool");
        var x = builder.Input("x", new("N", 1, 8, 8));
        builder.Output(
            builder.Add("AveragePool", [x], Attributes.None.With("kernel_shape", [2, 2]).With("dilations", [2, 2])),
            new("N", 1, 6, 6)
        );
        var model = builder.Build();

        Assert.Throws<UnsupportedOperatorException>(() => OnnxWriter.ToBytes(model, new OnnxWriterOptions { Opset = 18 }));
        Assert.Single(OnnxRuntimeRun.Run(OnnxWriter.ToBytes(model)));
    }

    [Fact]
    public void Takes_the_place_of_an_old_file()
    {
        var path = Path.Combine(_folder.FullName, "net.onnx");
        File.WriteAllText(path, "old");

        OnnxWriter.Write(Net("Relu"), path);

        Assert.Equal("Relu", Assert.Single(OnnxReader.Read(path).Graph.Nodes).Operator);
        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public void Keeps_the_old_file_when_the_network_cannot_be_written()
    {
        var path = Path.Combine(_folder.FullName, "net.onnx");
        File.WriteAllText(path, "old");

        Assert.Throws<UnsupportedOperatorException>(() => OnnxWriter.Write(Net("FakeQuantize"), path));

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public void Keeps_the_old_file_when_the_disk_is_full()
    {
        // The device fails like a full disk while the file is being written.
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        var path = Path.Combine(_folder.FullName, "net.onnx");
        File.WriteAllText(path, "old");

        Assert.Throws<IOException>(() =>
            AtomicFile.Write(
                path,
                stream =>
                {
                    stream.Write(new byte[100]);
                    using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write);
                    full.Write(new byte[1 << 16]);
                    full.Flush(flushToDisk: true);
                }
            )
        );

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public void Gives_the_same_bytes_each_time() =>
        Assert.Equal(OnnxWriter.ToBytes(FourBits(ElementType.Int4), New21()), OnnxWriter.ToBytes(FourBits(ElementType.Int4), New21()));

    private static OnnxWriterOptions New21() => new() { Opset = 21 };

    private static Model Net(string @operator, Attributes? attributes = null)
    {
        var builder = new GraphBuilder("net");
        var x = builder.Input("x", new("N", 3));
        builder.Output(builder.Add(@operator, [x], attributes), new("N", @operator == "ReduceMean" ? 1 : 3));
        return builder.Build();
    }

    private static Model FourBits(ElementType element)
    {
        var builder = new GraphBuilder("four");
        var weight = builder.Initializer("w", new TensorData(element, [3], new byte[] { 0xA1, 0x03 }), WeightRole.Constant);
        var scale = builder.Initializer("s", TensorData.Scalar(0.5f), WeightRole.Constant);
        builder.Output(builder.Add("DequantizeLinear", [weight, scale]), new(3));
        return builder.Build();
    }
}
