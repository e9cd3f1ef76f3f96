using System.Collections.Immutable;
using Tacit.Graphs.Onnx.Proto;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Onnx;

/// <summary>Converts a network's graph to the protocol-buffer form of one opset.</summary>
/// <remarks>
/// The graph uses the operator forms of opset 17. From opset 18, the axes of all reductions are an input, and a Split without
/// sizes has the attribute <c>num_outputs</c>. From opset 20, the modes of GridSample have other names. Initializers are written in the order of their first use.
/// </remarks>
internal sealed class GraphForm
{
    // The opset that introduced the attribute dilations of AveragePool.
    private const int DilatedMeans = 19;

    private readonly Model _model;
    private readonly int _opset;
    private readonly GraphProto _proto;
    private readonly HashSet<string> _names;
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);

    /// <summary>Prepares the conversion of a network.</summary>
    /// <param name="model">The network.</param>
    /// <param name="opset">The opset, 17 to 21.</param>
    public GraphForm(Model model, int opset)
    {
        _model = model;
        _opset = opset;
        _proto = new GraphProto { Name = model.Graph.Name.Length > 0 ? model.Graph.Name : "graph" };
        _names = model
            .Graph.Nodes.SelectMany(node => node.Outputs)
            .Concat(model.Graph.Initializers.Keys)
            .Concat(model.Graph.Inputs.Select(input => input.Name))
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Returns the oldest opset that has the forms of a network's operators: 17, or 19 for an AveragePool with dilations.</summary>
    public static int OldestOpset(Graph graph) => graph.Nodes.Any(IsDilatedMean) ? DilatedMeans : OnnxWriterOptions.OldestOpset;

    private Graph Graph => _model.Graph;

    /// <summary>Converts the graph. An instance can convert only once.</summary>
    /// <exception cref="UnsupportedOperatorException">
    /// A node is a FakeQuantize, or has a form that needs a newer opset: an AveragePool with dilations (19), or quantisation to 16 bits
    /// (21).
    /// </exception>
    /// <exception cref="UnsuitableModelException">A value has 4-bit elements, which need opset 21.</exception>
    public GraphProto ToProto()
    {
        _proto.Input.AddRange(Graph.Inputs.Select(ToProto));
        _proto.Output.AddRange(Graph.Outputs.Select(ToProto));
        foreach (var node in Graph.Nodes)
        {
            Check(node);
            var form = InOpset(node);
            form.Inputs.Where(Graph.IsInitializer).ToList().ForEach(AddInitializer);
            _proto.Node.Add(ToProto(form));
        }

        Graph.Outputs.Select(output => output.Name).Where(Graph.IsInitializer).ToList().ForEach(AddInitializer);
        Graph.Initializers.Keys.Order(StringComparer.Ordinal).ToList().ForEach(AddInitializer);
        return _proto;
    }

    /// <summary>Returns a node in the form of the opset. Only the forms of opset 18 and later differ from those of opset 17.</summary>
    private Node InOpset(Node node) =>
        node.Operator switch
        {
            not "ReduceSum" when _opset >= 18 && node.Operator.StartsWith("Reduce", StringComparison.Ordinal) => WithAxesAsInput(node),
            "GridSample" when _opset >= 20 && node.Attributes.Text("mode", "bilinear") == "bilinear" => node with
            {
                Attributes = node.Attributes.With("mode", "linear"),
            },
            "Split" when _opset >= 18 && node.InputOrNull(1) is null => node with
            {
                Attributes = node.Attributes.With("num_outputs", node.Outputs.Length),
            },
            _ => node,
        };

    /// <summary>Moves the axes of a reduction from the attribute to an input, as since opset 18.</summary>
    private Node WithAxesAsInput(Node node)
    {
        if (node.Attributes.Ints("axes") is not { } axes)
        {
            return node;
        }

        var name = $"{node.Output}_axes";
        for (var i = 1; !_names.Add(name); i++)
        {
            name = $"{node.Output}_axes_{i}";
        }

        _proto.Initializer.Add(TensorForm.ToProto(TensorData.Of<long>(axes), name));
        return node with { Inputs = [node.Inputs[0], name], Attributes = node.Attributes.Without("axes") };
    }

    /// <summary>Verifies that a node exists in the opset.</summary>
    private void Check(Node node)
    {
        if (node.Operator == Quantizer.Operator)
        {
            throw Unsupported(node, "is Tacit's own and has no ONNX form; export the network as quantised first");
        }

        if (_opset < DilatedMeans && IsDilatedMean(node))
        {
            throw Unsupported(node, "has dilations, which ONNX supports from opset 19");
        }

        var wide = node.Operator is "QuantizeLinear" or "DequantizeLinear" ? node.Inputs.FirstOrDefault(Is16Bit) : null;
        if (_opset < 21 && wide is not null)
        {
            throw Unsupported(node, $"quantises {wide} to 16 bits, which ONNX supports from opset 21");
        }
    }

    private static bool IsDilatedMean(Node node) => node.Operator == "AveragePool" && Window.IsDilated(node);

    /// <summary>Returns whether a value is an initializer with 16-bit integers, such as the zero point of a 16-bit quantiser.</summary>
    private bool Is16Bit(string value) =>
        Graph.Initializers.TryGetValue(value, out var initializer) && initializer.Type.Element is ElementType.Int16 or ElementType.UInt16;

    private UnsupportedOperatorException Unsupported(Node node, string what) =>
        new($"{node} {what}")
        {
            Operator = node.Operator,
            Node = node.Name,
            Opset = _opset,
        };

    /// <summary>Writes an initializer once, before the first node that reads it.</summary>
    private void AddInitializer(string name)
    {
        if (!_written.Add(name))
        {
            return;
        }

        CheckElement(name, Graph.Initializers[name].Type.Element);
        _proto.Initializer.Add(TensorForm.ToProto(_model.Weights[name], name));
    }

    /// <summary>Verifies that an element type exists in the opset: 4-bit integers exist since opset 21.</summary>
    private void CheckElement(string value, ElementType element)
    {
        if (_opset < 21 && element is ElementType.Int4 or ElementType.UInt4)
        {
            throw new UnsuitableModelException($"{value} holds {element}, which ONNX supports from opset 21; write the file in opset 21")
            {
                Node = value,
            };
        }
    }

    /// <summary>Converts an input or output. Unknown sizes become symbols (<c>dim_param</c>).</summary>
    private ValueInfoProto ToProto(Value value)
    {
        CheckElement(value.Name, value.Type.Element);
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(
            value.Type.Shape.Select(dimension =>
                dimension.IsKnown
                    ? new TensorShapeProto.Types.Dimension { DimValue = dimension.Size }
                    : new TensorShapeProto.Types.Dimension { DimParam = dimension.Symbol }
            )
        );
        return new ValueInfoProto
        {
            Name = value.Name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor { ElemType = (int)value.Type.Element, Shape = shape },
            },
        };
    }

    private static NodeProto ToProto(Node node)
    {
        var proto = new NodeProto { Name = node.Name, OpType = node.Operator };
        proto.Input.AddRange(node.Inputs);
        proto.Output.AddRange(node.Outputs);
        proto.Attribute.AddRange(node.Attributes.Select(attribute => ToProto(attribute.Key, attribute.Value)));
        return proto;
    }

    /// <summary>Converts an attribute. Its type is always written; format versions since 2 require it.</summary>
    private static AttributeProto ToProto(string name, object value)
    {
        var proto = new AttributeProto { Name = name };
        switch (value)
        {
            case long number:
                (proto.Type, proto.I) = (AttributeProto.Types.AttributeType.Int, number);
                break;
            case float number:
                (proto.Type, proto.F) = (AttributeProto.Types.AttributeType.Float, number);
                break;
            case string text:
                (proto.Type, proto.S) = (AttributeProto.Types.AttributeType.String, Google.Protobuf.ByteString.CopyFromUtf8(text));
                break;
            case ImmutableArray<long> numbers:
                proto.Type = AttributeProto.Types.AttributeType.Ints;
                proto.Ints.AddRange(numbers);
                break;
            case ImmutableArray<float> numbers:
                proto.Type = AttributeProto.Types.AttributeType.Floats;
                proto.Floats.AddRange(numbers);
                break;
            case ImmutableArray<string> texts:
                proto.Type = AttributeProto.Types.AttributeType.Strings;
                proto.Strings.AddRange(texts.Select(Google.Protobuf.ByteString.CopyFromUtf8));
                break;
            case TensorData tensor:
                (proto.Type, proto.T) = (AttributeProto.Types.AttributeType.Tensor, TensorForm.ToProto(tensor, name: ""));
                break;
            default:
                throw new ArgumentException($"the attribute {name} is of the unknown type {value.GetType().Name}", nameof(value));
        }

        return proto;
    }
}
