using System.Collections.Immutable;
using Google.Protobuf;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Tests.Onnx;

// An ONNX file of any opset, created without the writer under test.
internal sealed class OnnxSketch
{
    public OnnxSketch(int opset)
    {
        Model.IrVersion = opset switch
        {
            < 9 => 3,
            9 or 10 => 4,
            11 => 6,
            <= 13 => 7,
            <= 18 => 8,
            <= 20 => 9,
            _ => 10,
        };
        Model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = opset });
    }

    public ModelProto Model { get; } = new() { Graph = new GraphProto { Name = "sketch" } };

    public GraphProto Graph => Model.Graph;

    public byte[] Bytes => Model.ToByteArray();

    public OnnxSketch Input(string name, params long[] sizes)
    {
        Graph.Input.Add(Value(name, sizes));
        return this;
    }

    // Without sizes the output has a type and no shape.
    public OnnxSketch Output(string name, params long[]? sizes)
    {
        Graph.Output.Add(Value(name, sizes is { Length: 0 } ? null : sizes));
        return this;
    }

    public OnnxSketch Initializer(string name, TensorData data)
    {
        Graph.Initializer.Add(TensorForm.ToProto(data, name));
        return this;
    }

    public OnnxSketch Floats(string name, params long[] sizes)
    {
        var random = new Random(name.Length + (int)sizes.Sum());
        var elements = new float[sizes.Aggregate(1L, (a, b) => a * b)];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = random.NextSingle() + 0.1f;
        }

        return Initializer(name, TensorData.Of<float>(elements, sizes));
    }

    public OnnxSketch Integers(string name, params long[] values) => Initializer(name, TensorData.Of<long>(values, values.Length));

    public OnnxSketch Node(string @operator, string inputs, string outputs, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = @operator };
        node.Input.AddRange(inputs.Split(' ').Select(input => input == "_" ? "" : input).Where(input => inputs.Length > 0));
        node.Output.AddRange(outputs.Split(' '));
        node.Attribute.AddRange(attributes.Select(attribute => Attribute(attribute.Name, attribute.Value)));
        Graph.Node.Add(node);
        return this;
    }

    public static ValueInfoProto Value(string name, long[]? sizes)
    {
        var type = new TypeProto.Types.Tensor { ElemType = (int)ElementType.Float32 };
        if (sizes is not null)
        {
            type.Shape = new TensorShapeProto();
            type.Shape.Dim.AddRange(
                sizes.Select(size =>
                    size == 0
                        ? new TensorShapeProto.Types.Dimension { DimParam = "batch" }
                        : new TensorShapeProto.Types.Dimension { DimValue = size }
                )
            );
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = type },
        };
    }

    private static AttributeProto Attribute(string name, object value)
    {
        var proto = new AttributeProto { Name = name };
        switch (value)
        {
            case int number:
                (proto.Type, proto.I) = (AttributeProto.Types.AttributeType.Int, number);
                break;
            case float number:
                (proto.Type, proto.F) = (AttributeProto.Types.AttributeType.Float, number);
                break;
            case string text:
                (proto.Type, proto.S) = (AttributeProto.Types.AttributeType.String, ByteString.CopyFromUtf8(text));
                break;
            case long[] numbers:
                proto.Type = AttributeProto.Types.AttributeType.Ints;
                proto.Ints.AddRange(numbers);
                break;
            case float[] numbers:
                proto.Type = AttributeProto.Types.AttributeType.Floats;
                proto.Floats.AddRange(numbers);
                break;
            case TensorData tensor:
                (proto.Type, proto.T) = (AttributeProto.Types.AttributeType.Tensor, TensorForm.ToProto(tensor, ""));
                break;
            case GraphProto graph:
                (proto.Type, proto.G) = (AttributeProto.Types.AttributeType.Graph, graph);
                break;
            case SparseTensorProto sparse:
                (proto.Type, proto.SparseTensor) = (AttributeProto.Types.AttributeType.SparseTensor, sparse);
                break;
            default:
                throw new ArgumentException(value.GetType().Name);
        }

        return proto;
    }
}
