using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Moves the sizes of Split from the attribute <c>split</c> (up to opset 12) to input 1 (since opset 13).</summary>
internal sealed class SplitAttribute() : Upgrade("Split", to: 12)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft) =>
        node.Attributes.Ints("split") is { } sizes
            ? node with
            {
                Inputs = [Data(node, draft), draft.Constant($"{node.Output}_sizes", TensorData.Of<long>(sizes, sizes.Length))],
                Attributes = node.Attributes.Without("split"),
            }
            : node;
}

/// <summary>
/// Adds explicit sizes to a Split without sizes if the size of the axis is known, and removes <c>num_outputs</c> (since opset 18).
/// </summary>
/// <remarks>
/// All parts have ⌈size / parts⌉ elements. Since opset 18 the last part may be smaller; before, an uneven division is invalid. Explicit
/// sizes mean the same in every opset.
/// </remarks>
internal sealed class SplitSizes() : Upgrade("Split")
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var parts = node.Attributes.Int("num_outputs", node.Outputs.Length);
        if (parts != node.Outputs.Length)
        {
            throw draft.Source.Invalid($"{node} has {node.Outputs.Length} outputs, but num_outputs is {parts}");
        }

        var form = node with { Attributes = node.Attributes.Without("num_outputs") };
        if (node.InputOrNull(1) is not null || SizeOf(node, draft) is not { } size)
        {
            return form;
        }

        var part = (size + parts - 1) / parts;
        var last = size - (part * (parts - 1));
        if (last < 0 || (last != part && draft.Opset < 18))
        {
            throw draft.Source.Invalid($"{node} splits {size} elements into {parts} parts, which is impossible");
        }

        var sizes = Enumerable.Repeat(part, (int)parts - 1).Append(last).ToArray();
        return form with { Inputs = [node.Inputs[0], draft.Constant($"{node.Output}_sizes", TensorData.Of<long>(sizes, parts))] };
    }

    /// <summary>Returns the size of the axis that is split; null if it is unknown.</summary>
    private static long? SizeOf(Node node, GraphDraft draft)
    {
        if (draft.ShapeOf(Data(node, draft)) is not { } shape)
        {
            return null;
        }

        var axis = node.Attributes.Int("axis");
        var index = axis < 0 ? axis + shape.Rank : axis;
        return index >= 0 && index < shape.Rank
            ? shape[(int)index] is { IsKnown: true } dimension
                ? dimension.Size
                : null
            : throw draft.Source.Invalid($"{node} splits axis {axis} of {shape}, which has no such axis");
    }
}
