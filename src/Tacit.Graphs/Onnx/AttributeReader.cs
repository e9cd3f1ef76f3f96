using System.Collections.Immutable;
using Tacit.Graphs.Onnx.Drafts;
using Tacit.Graphs.Onnx.Proto;
using static Tacit.Graphs.Onnx.Proto.AttributeProto.Types;

namespace Tacit.Graphs.Onnx;

/// <summary>Reads the attributes of nodes from their protocol-buffer form.</summary>
/// <remarks>
/// Attributes become <see cref="long"/>, <see cref="float"/>, <see cref="string"/>, immutable arrays of these, or <see cref="TensorData"/>.
/// Graphs and sparse tensors are rejected. The If operator is replaced before this reader runs; see <see cref="Inlining"/>.
/// </remarks>
/// <param name="source">The file, for error messages.</param>
/// <param name="tensors">The reader of tensor attributes.</param>
internal sealed class AttributeReader(OnnxSource source, TensorReader tensors)
{
    /// <summary>Reads all attributes of a node.</summary>
    /// <param name="node">The node in the file.</param>
    /// <param name="name">The name of the node in error messages. It can differ from that in the file, which may be empty.</param>
    /// <exception cref="InvalidFileException">An attribute is repeated or refers to a function's attribute outside a function.</exception>
    /// <exception cref="UnsupportedOperatorException">An attribute has an unsupported type.</exception>
    public Attributes Read(NodeProto node, string name)
    {
        var attributes = Attributes.None;
        foreach (var proto in node.Attribute)
        {
            if (attributes.Has(proto.Name))
            {
                throw source.Invalid($"{node.OpType} {name} has the attribute {proto.Name} twice");
            }

            attributes = Add(attributes, proto, node.OpType, name);
        }

        return attributes;
    }

    /// <summary>Returns the tensor of a Constant node: its only attribute whose name starts with "value".</summary>
    /// <param name="node">The Constant node.</param>
    /// <param name="source">The file, for error messages.</param>
    /// <returns>
    /// A scalar for <c>value_float</c> and <c>value_int</c>, a vector for their plural forms, or the tensor of <c>value</c>.
    /// </returns>
    /// <exception cref="InvalidFileException">The node has no value, or several.</exception>
    /// <exception cref="UnsupportedOperatorException">The value is text or a sparse tensor.</exception>
    public static TensorData Constant(Node node, OnnxSource source)
    {
        var values = node.Attributes.Where(attribute => attribute.Key.StartsWith("value", StringComparison.Ordinal)).ToList();
        return values is [var (key, value)]
            ? (key, value) switch
            {
                ("value", TensorData tensor) => tensor,
                ("value_float", float number) => TensorData.Scalar(number),
                ("value_int", long number) => TensorData.Scalar(number),
                ("value_floats", ImmutableArray<float> numbers) => TensorData.Of(numbers.AsSpan(), numbers.Length),
                ("value_ints", ImmutableArray<long> numbers) => TensorData.Of(numbers.AsSpan(), numbers.Length),
                _ => throw source.Unsupported(node, $"a constant given as {key} is not supported"),
            }
            : throw source.Invalid($"{node} must have one value, but has {values.Count}");
    }

    private Attributes Add(Attributes attributes, AttributeProto proto, string @operator, string node)
    {
        if (proto.HasRefAttrName && proto.RefAttrName.Length > 0)
        {
            throw source.Invalid($"{@operator} {node} takes its attribute {proto.Name} from a function, but is not within one");
        }

        return TypeOf(proto) switch
        {
            AttributeType.Int => attributes.With(proto.Name, proto.I),
            AttributeType.Float => attributes.With(proto.Name, proto.F),
            AttributeType.String => attributes.With(proto.Name, proto.S.ToStringUtf8()),
            AttributeType.Ints => attributes.With(proto.Name, ImmutableArray.CreateRange(proto.Ints)),
            AttributeType.Floats => attributes.With(proto.Name, ImmutableArray.CreateRange(proto.Floats)),
            AttributeType.Strings => attributes.With(proto.Name, [.. proto.Strings.Select(text => text.ToStringUtf8())]),
            AttributeType.Tensor when proto.T is not null => attributes.With(
                proto.Name,
                tensors.Read(proto.T, $"the attribute {proto.Name} of {@operator} {node}")
            ),
            AttributeType.Graph or AttributeType.Graphs => throw source.Unsupported(
                @operator,
                node,
                "operators that hold graphs, such as Loop and Scan, are not supported"
            ),
            AttributeType.SparseTensor or AttributeType.SparseTensors => throw source.Unsupported(
                @operator,
                node,
                $"the attribute {proto.Name} is a sparse tensor, which is not supported"
            ),
            var type => throw source.Unsupported(@operator, node, $"the attribute {proto.Name} is of type {type}, which is not supported"),
        };
    }

    /// <summary>Returns the type of an attribute. Files of format version 1 may omit it; it then follows from the value.</summary>
    private static AttributeType TypeOf(AttributeProto proto) =>
        proto switch
        {
            { Type: not AttributeType.Undefined } => proto.Type,
            { HasI: true } => AttributeType.Int,
            { HasF: true } => AttributeType.Float,
            { HasS: true } => AttributeType.String,
            { T: not null } => AttributeType.Tensor,
            { G: not null } => AttributeType.Graph,
            { Ints.Count: > 0 } => AttributeType.Ints,
            { Floats.Count: > 0 } => AttributeType.Floats,
            { Strings.Count: > 0 } => AttributeType.Strings,
            _ => AttributeType.Undefined,
        };
}
