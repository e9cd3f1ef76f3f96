using Google.Protobuf;
using Tacit.Graphs.Onnx;

namespace Tacit.Graphs.Tests.Onnx;

public sealed class OnnxOperatorsTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    // Field numbers as in onnx.proto: ModelProto.graph 7, GraphProto.node 1, NodeProto.name 3, op_type 4, attribute 5, domain 7, AttributeProto.g 6.
    [Fact]
    public void Lists_operators_of_any_domain_and_those_of_bodies()
    {
        var body = Message((1, Node("inner", "Relu", "")));
        var nodes = new[]
        {
            Node("a", "QLinearAdd", "com.microsoft"),
            [.. Node("b", "If", "ai.onnx"), .. Message((5, Message((6, body))))],
        };
        File.WriteAllBytes(_path, Message((7, Message([.. nodes.Select(node => (1, node))]))));

        Assert.Equal(["com.microsoft.QLinearAdd", "If", "Relu"], OnnxFile.ListOperators(_path).Select(node => node.FullName));
    }

    [Fact]
    public void Says_that_a_file_is_no_onnx_file()
    {
        File.WriteAllText(_path, "this is not a network");

        Assert.Equal($"{_path} is not an ONNX file", Assert.Throws<InvalidFileException>(() => OnnxFile.ListOperators(_path)).Message);
    }

    [Fact]
    public void Says_that_an_empty_file_is_no_onnx_file() => Assert.Throws<InvalidFileException>(() => OnnxFile.ListOperators(_path));

    private static byte[] Node(string name, string op, string domain) =>
        Message(
            (3, ByteString.CopyFromUtf8(name).ToByteArray()),
            (4, ByteString.CopyFromUtf8(op).ToByteArray()),
            (7, ByteString.CopyFromUtf8(domain).ToByteArray())
        );

    private static byte[] Message(params (int Field, byte[] Content)[] fields)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            foreach (var (field, content) in fields)
            {
                output.WriteTag(field, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(ByteString.CopyFrom(content));
            }
        }

        return stream.ToArray();
    }
}
