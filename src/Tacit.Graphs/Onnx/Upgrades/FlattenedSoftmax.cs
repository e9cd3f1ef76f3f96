namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Until opset 12 a softmax runs over all dimensions from its axis (by default the second) to the last at once.</summary>
internal sealed class FlattenedSoftmax() : Upgrade("Softmax", to: 12)
{
    public override Node Apply(Node node, GraphDraft draft)
    {
        var input = Data(node, draft);
        var axis = node.Attributes.Int("axis", 1);
        var shape = draft.ShapeOf(input) ?? draft.ShapeOf(node.Output);
        if (shape is not null && IsSingle(shape, axis))
        {
            return node with { Attributes = node.Attributes.With("axis", axis) };
        }

        var flat = Before("Flatten", "flat", [input], Attributes.None.With("axis", axis));
        var soft = Before("Softmax", "soft", [flat], Attributes.None.With("axis", 1));
        var sizes = Before("Shape", "sizes", [input], Attributes.None);
        return node with { Operator = "Reshape", Inputs = [soft, sizes], Attributes = Attributes.None };

        string Before(string @operator, string suffix, string[] inputs, Attributes attributes)
        {
            var output = draft.Unique($"{node.Output}_{suffix}");
            draft.Add(new Node(draft.NodeName(output), @operator, [.. inputs], [output], attributes));
            return output;
        }
    }

    // Whether no dimension after the axis holds more than one element.
    private static bool IsSingle(Shape shape, long axis)
    {
        var first = axis < 0 ? axis + shape.Rank : axis;
        return first >= 0 && first < shape.Rank && shape.Skip((int)first + 1).All(dimension => dimension is { IsKnown: true, Size: 1 });
    }
}
