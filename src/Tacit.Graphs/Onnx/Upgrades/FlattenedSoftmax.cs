using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Rewrites Softmax, LogSoftmax and Hardmax of opsets up to 12, which normalise over several axes together.</summary>
/// <remarks>
/// <para>
/// Up to opset 12, the input is treated as a matrix whose columns are all axes from <c>axis</c> (default 1) to the last. Since opset 13,
/// <c>axis</c> (default -1) is the only normalised axis.
/// </para>
/// <para>
/// The result is Flatten, Softmax and Reshape. If all axes after <c>axis</c> are known to have size 1, Softmax alone is equivalent.
/// </para>
/// </remarks>
/// <param name="operator">"Softmax", "LogSoftmax" or "Hardmax".</param>
internal sealed class FlattenedSoftmax(string @operator) : Upgrade(@operator, to: 12)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var input = Data(node, draft);
        var axis = node.Attributes.Int("axis", 1);
        var shape = draft.ShapeOf(input) ?? draft.ShapeOf(node.Output);
        if (shape is not null && IsSingle(shape, axis))
        {
            return node with { Attributes = node.Attributes.With("axis", axis) };
        }

        var flat = Before(node, draft, "Flatten", "flat", [input], Attributes.None.With("axis", axis));
        var soft = Before(node, draft, node.Operator, "soft", [flat], Attributes.None.With("axis", 1));
        var sizes = Before(node, draft, "Shape", "sizes", [input]);
        return node with { Operator = "Reshape", Inputs = [soft, sizes], Attributes = Attributes.None };
    }

    // Returns whether all axes after the given one are known to have size 1.
    private static bool IsSingle(Shape shape, long axis)
    {
        var first = axis < 0 ? axis + shape.Rank : axis;
        return first >= 0 && first < shape.Rank && shape.Skip((int)first + 1).All(dimension => dimension is { IsKnown: true, Size: 1 });
    }
}
