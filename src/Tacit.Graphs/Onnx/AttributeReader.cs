using System.Collections.Immutable;
using Tacit.Graphs.Onnx.Drafts;
using Tacit.Graphs.Onnx.Proto;
using static Tacit.Graphs.Onnx.Proto.AttributeProto.Types;

namespace Tacit.Graphs.Onnx;

/// <summary>Reads the attributes of nodes.</summary>
internal sealed class AttributeReader(OnnxSource source, TensorReader tensors)
{
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

    /// <summary>The tensor of a Constant node.</summary>
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

    // The type may be missing in files of format version 1.
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
