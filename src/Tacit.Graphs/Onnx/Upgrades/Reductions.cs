using System.Collections.Immutable;
using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Moves the axes of a reduction from input 1 (since opset 18) to the attribute <c>axes</c>. The axes must be constants.</summary>
/// <remarks>
/// Without axes, all axes are reduced. With <c>noop_with_empty_axes</c> = 1 nothing is reduced, and the node becomes Identity. ReduceSum
/// has had the input since opset 13 and keeps it; see <see cref="ReduceSumOfNothing"/>.
/// </remarks>
/// <param name="operator">A reduction other than ReduceSum.</param>
internal sealed class ReductionAxes(string @operator) : Upgrade(@operator, from: 18)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var name = node.InputOrNull(1);
        var axes = draft.Known(name)?.ToInt64();
        if (name is not null && axes is null)
        {
            throw draft.Source.Unsupported(node, $"the axes {name} are not a constant, which is not supported");
        }

        var input = Data(node, draft);
        if (axes is { Length: > 0 })
        {
            return Reduced(node.Attributes.With("axes", ImmutableArray.Create(axes)));
        }

        return node.Attributes.Int("noop_with_empty_axes") == 0
            ? Reduced(node.Attributes)
            : node with
            {
                Operator = "Identity",
                Inputs = [input],
                Attributes = Attributes.None,
            };

        Node Reduced(Attributes attributes) => node with { Inputs = [input], Attributes = attributes.Without("noop_with_empty_axes") };
    }
}

/// <summary>Rewrites a ReduceSum (since opset 13) with <c>noop_with_empty_axes</c> = 1 and without axes as Identity.</summary>
/// <remarks>With that attribute, axes that are not constants are rejected, because it is not known whether they are empty.</remarks>
internal sealed class ReduceSumOfNothing() : Upgrade("ReduceSum", from: 13)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var form = node with { Attributes = node.Attributes.Without("noop_with_empty_axes") };
        return node.Attributes.Int("noop_with_empty_axes") == 0 ? form
            : node.InputOrNull(1) is not { } axes || draft.Known(axes) is { Count: 0 }
                ? node with
                {
                    Operator = "Identity",
                    Inputs = [Data(node, draft)],
                    Attributes = Attributes.None,
                }
            : draft.Known(axes) is not null ? form
            : throw draft.Source.Unsupported(node, $"the axes {axes} are not a constant, which is not supported");
    }
}
