using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Rewrites arithmetic, comparisons and logic of opsets up to 6, in which the attributes control the broadcasting.</summary>
/// <remarks>
/// With <c>broadcast</c> = 1, the shape of the second operand is a part of that of the first. The attribute <c>axis</c> is the axis of the
/// first operand at which it begins; by default, it ends with the last one. Axes of size 1 are added at the end until both agree.
/// </remarks>
/// <param name="operator">The name of the operator.</param>
internal sealed class BroadcastAttributes(string @operator) : Upgrade(@operator, to: 6)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var form = node with { Attributes = node.Attributes.Without("broadcast").Without("axis") };
        if (node.Attributes.Int("broadcast") == 0 || !node.Attributes.Has("axis"))
        {
            return form;
        }

        var (a, b) = (Data(node, draft), node.InputOrNull(1) ?? throw draft.Source.Invalid($"{node} lacks its second input"));
        var (whole, part) = (Rank(a, node, draft), Rank(b, node, draft));
        var axis = node.Attributes.Int("axis");
        var missing = whole - part - (int)(axis < 0 ? axis + whole : axis);
        return missing switch
        {
            < 0 => throw draft.Source.Invalid($"{node}: {part} dimensions do not begin at axis {axis} of {whole}"),
            0 => form,
            _ => form with { Inputs = [a, Unsqueezed(node, draft, b, part, missing)] },
        };
    }
}

/// <summary>Rewrites PRelu of opsets up to 6, whose slopes are those of the channels (axis 1), or a single one.</summary>
internal sealed class PerChannelSlopes() : Upgrade("PRelu", to: 6)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var slopes = node.InputOrNull(1) ?? throw draft.Source.Invalid($"{node} lacks its slopes");
        var missing = Rank(Data(node, draft), node, draft) - 2;
        return missing > 0 && draft.ShapeOf(slopes) is { Rank: 1 } shape && shape[0] != 1
            ? node with
            {
                Inputs = [node.Inputs[0], Unsqueezed(node, draft, slopes, 1, missing)],
            }
            : node;
    }
}
