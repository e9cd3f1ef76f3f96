using System.Collections.Immutable;
using Tacit.Graphs.Onnx.Drafts;
using Tacit.Graphs.Onnx.Proto;

namespace Tacit.Graphs.Onnx;

/// <summary>Reads the parts of a graph from its protocol-buffer form into a <see cref="GraphDraft"/>.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>Constant nodes become initializers.</item>
/// <item>
/// An Identity of an initializer becomes an initializer with the same bytes. PyTorch's exporter writes equal weights only once, but they
/// are different weights.
/// </item>
/// <item>Files of format version 3 list initializers among the inputs. Such inputs are ignored.</item>
/// <item>An unknown size of the first axis becomes the symbol N, the batch size. Other unknown sizes get a symbol of their own.</item>
/// <item>Nodes without a name, or with a name that is taken, get a new one.</item>
/// </list>
/// </remarks>
internal sealed class DraftReader
{
    private readonly OnnxSource _source;
    private readonly GraphProto _proto;
    private readonly TensorReader _tensors;
    private readonly AttributeReader _attributes;
    private readonly GraphDraft _draft;

    /// <summary>Prepares reading a graph.</summary>
    /// <param name="source">The file: its opset, its external data, and its path for error messages.</param>
    /// <param name="graph">The graph, without functions and Ifs; see <see cref="Inlining"/>.</param>
    public DraftReader(OnnxSource source, GraphProto graph)
    {
        _source = source;
        _proto = graph;
        _tensors = new TensorReader(source);
        _attributes = new AttributeReader(source, _tensors);
        _draft = new GraphDraft(source, _proto.Name);
    }

    /// <summary>Reads the graph. Operators keep the form of the file's opset. An instance can read only once.</summary>
    /// <exception cref="InvalidFileException">
    /// A value is defined twice, has no name or a negative size, or there are no outputs.
    /// </exception>
    /// <exception cref="UnsupportedOperatorException">A node has an operator of another domain, or omits its first output.</exception>
    /// <exception cref="UnsuitableModelException">An initializer is sparse, or an input is not a tensor or has no shape.</exception>
    public GraphDraft Read()
    {
        ReadInitializers();
        ReadInputs();
        ReadOutputs();
        foreach (var value in _proto.ValueInfo.Concat(_proto.Output).Where(value => value.Type?.TensorType?.Shape is not null))
        {
            _draft.Declare(value.Name, ShapeOf(value));
        }

        foreach (var node in _proto.Node)
        {
            ReadNode(node);
        }

        return _draft;
    }

    /// <summary>Reads the initializers. Sparse ones and ones without a name are rejected.</summary>
    private void ReadInitializers()
    {
        if (_proto.SparseInitializer.Count > 0)
        {
            throw _source.Unsuitable($"the initializer {_proto.SparseInitializer[0].Values?.Name} is sparse, which is not supported");
        }

        foreach (var tensor in _proto.Initializer)
        {
            if (tensor.Name.Length == 0)
            {
                throw _source.Invalid("an initializer has no name");
            }

            _draft.Define(tensor.Name);
            _draft.AddInitializer(tensor.Name, _tensors.Read(tensor, $"the initializer {tensor.Name}"));
        }
    }

    /// <summary>Reads the inputs. Initializers that are also listed as inputs are ignored: their value is fixed.</summary>
    private void ReadInputs()
    {
        // Up to format version 3, every initializer is also listed as an input.
        foreach (var input in _proto.Input.Where(input => !_draft.IsInitializer(input.Name)))
        {
            var value = ReadValue(input, "input");
            _draft.Define(value.Name);
            _draft.Inputs.Add(value);
            _draft.Declare(value.Name, value.Type.Shape);
        }
    }

    /// <summary>Reads the outputs. An output without a shape is allowed; its type is inferred at the end.</summary>
    private void ReadOutputs()
    {
        foreach (var output in _proto.Output)
        {
            if (_draft.Outputs.Any(other => other.Name == output.Name))
            {
                throw _source.Invalid($"the output {output.Name} is listed twice");
            }

            if (output.Type is null or { TensorType: { Shape: null } })
            {
                // The type is inferred when the network is complete.
                _draft.UntypedOutputs.Add(output.Name);
                _draft.Outputs.Add(new Value(output.Name, new TensorType(ElementType.Float32, Shape.Scalar)));
                continue;
            }

            _draft.Outputs.Add(ReadValue(output, "output"));
        }

        if (_draft.Outputs.Count == 0)
        {
            throw _source.Invalid("the graph has no outputs");
        }
    }

    /// <summary>Reads an input or output, which must be a tensor with a shape.</summary>
    private Value ReadValue(ValueInfoProto value, string what)
    {
        if (value.Name.Length == 0)
        {
            throw _source.Invalid($"an {what} of the graph has no name");
        }

        if (value.Type?.TensorType is not { } type)
        {
            throw _source.Unsuitable($"the {what} {value.Name} is not a tensor, which is not supported", value.Name);
        }

        if (type.Shape is null)
        {
            throw _source.Unsuitable($"the {what} {value.Name} has no shape; export the network with one", value.Name);
        }

        return new Value(value.Name, new TensorType(_tensors.TypeOf(type.ElemType, $"the {what} {value.Name}"), ShapeOf(value)));
    }

    /// <summary>Reads a shape. Sizes are numbers, symbols (<c>dim_param</c>), or unknown.</summary>
    private Shape ShapeOf(ValueInfoProto value)
    {
        var proto = value.Type.TensorType.Shape;
        var dimensions = new Dimension[proto.Dim.Count];
        for (var i = 0; i < dimensions.Length; i++)
        {
            dimensions[i] = proto.Dim[i] switch
            {
                { HasDimValue: true, DimValue: >= 0 } known => known.DimValue,
                { HasDimValue: true, DimValue: < -1 } negative => throw _source.Invalid(
                    $"the value {value.Name} has a negative size: {negative.DimValue}"
                ),
                { HasDimParam: true, DimParam.Length: > 0 } symbol => symbol.DimParam,

                // A missing size, or -1, is unknown. As the first size, it is the batch size, which all such values share.
                _ => i == 0 ? "N" : $"{value.Name}_{i}",
            };
        }

        return new Shape(dimensions);
    }

    /// <summary>Reads a node and reserves the names of its outputs.</summary>
    private void ReadNode(NodeProto proto)
    {
        var name = NodeName(proto);
        Refuse(proto, name);
        var node = new Node(name, proto.OpType, [.. proto.Input], [.. proto.Output], _attributes.Read(proto, name));
        foreach (var output in node.Outputs.Where(output => output.Length > 0))
        {
            _draft.Define(output);
        }

        if (!IsTakenIn(node))
        {
            _draft.Add(node);
        }
    }

    /// <summary>Rejects operators of other domains and nodes that omit their first output.</summary>
    private void Refuse(NodeProto proto, string name)
    {
        if (!SupportedOperators.IsOnnxDomain(proto.Domain))
        {
            throw _source.Unsupported(
                proto.OpType,
                name,
                $"operators of the domain {proto.Domain} are not supported; supported are {SupportedOperators.Listed}"
            );
        }

        if (proto.Output.Count > 0 && proto.Output[0].Length == 0)
        {
            throw _source.Unsupported(proto.OpType, name, "the first output is left out, which is not supported");
        }
    }

    /// <summary>Returns whether a node became an initializer: a Constant, or an Identity of an initializer.</summary>
    /// <remarks>
    /// PyTorch's exporter writes equal weights once, such as the scales and variances of new batch norms, and refers to them by an
    /// Identity. They are different weights that share their bytes.
    /// </remarks>
    private bool IsTakenIn(Node node)
    {
        switch (node)
        {
            case { Operator: "Constant", Outputs.Length: 1 }:
                _draft.AddInitializer(node.Output, AttributeReader.Constant(node, _source), structural: true);
                return true;
            case { Operator: "Identity", Outputs.Length: 1, Inputs.Length: 1 }
                when _draft.Initializer(node.Inputs[0]) is { } shared && _proto.Output.All(output => output.Name != node.Output):
                _draft.AddInitializer(node.Output, shared, _draft.IsStructural(node.Inputs[0]));
                return true;
            default:
                return false;
        }
    }

    /// <summary>Returns a unique name for a node: its own, that of its first output, or its operator.</summary>
    private string NodeName(NodeProto proto)
    {
        var wanted = (proto.Name, proto.Output.FirstOrDefault("")) switch
        {
            ({ Length: > 0 } name, _) => name,
            (_, { Length: > 0 } output) => output,
            _ => proto.OpType,
        };
        return _draft.NodeName(wanted);
    }
}
