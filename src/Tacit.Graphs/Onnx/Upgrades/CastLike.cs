namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Opset 15 has a Cast to the type of another value; in the dialect it is a Cast, whose type follows from where that value comes from.</summary>
internal sealed class CastLikeAsCast() : Upgrade("CastLike")
{
    public override Node Apply(Node node, GraphDraft draft)
    {
        var like = node.InputOrNull(1) ?? throw draft.Source.Invalid($"{node} lacks its second input");
        var element = ElementOf(like, draft) ?? throw draft.Source.Unsupported(node, $"the type of {like} is not known");

        // Networks are read in single precision.
        var to = element.IsFloatingPoint() ? ElementType.Float32 : element;
        return node with { Operator = "Cast", Inputs = [Data(node, draft)], Attributes = Attributes.None.With("to", (long)to) };
    }

    private static ElementType? ElementOf(string value, GraphDraft draft)
    {
        for (var known = draft.Nodes.Count; ; known--)
        {
            if (draft.Known(value) is { } data)
            {
                return data.Element;
            }

            if (draft.Inputs.FirstOrDefault(input => input.Name == value) is { } input)
            {
                return input.Type.Element;
            }

            // Nodes come in an order in which they can be computed, so that each step leads to an earlier one.
            while (known > 0 && !draft.Nodes[known - 1].Outputs.Contains(value))
            {
                known--;
            }

            if (known == 0)
            {
                return null;
            }

            var producer = draft.Nodes[known - 1];
            switch (producer.Operator)
            {
                case "Cast":
                    return (ElementType)producer.Attributes.Int("to");
                case "Shape":
                    return ElementType.Int64;
                case "Equal" or "Less" or "LessOrEqual" or "Greater" or "GreaterOrEqual" or "And" or "Or" or "Not":
                    return ElementType.Boolean;
                case "QuantizeLinear":
                    return producer.InputOrNull(2) is { } zero ? draft.Known(zero)?.Element : ElementType.UInt8;
                case "ConstantOfShape":
                    return producer.Attributes.Tensor("value")?.Element ?? ElementType.Float32;
                case "DequantizeLinear":
                    return ElementType.Float32;
                default:
                    value = producer.Inputs[producer.Operator == "Where" ? 1 : 0];
                    break;
            }
        }
    }
}
