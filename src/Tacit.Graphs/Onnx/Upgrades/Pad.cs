using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Moves <c>pads</c> and <c>value</c> of Pad from attributes (up to opset 10) to inputs 1 and 2 (since opset 11).</summary>
/// <remarks>A value of 0 is the default of input 2 and is omitted. A node without pads is invalid.</remarks>
internal sealed class PadAttributes() : Upgrade("Pad", to: 10)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        if (node.Attributes.Ints("pads") is not { } pads)
        {
            throw draft.Source.Invalid($"{node} lacks the attribute pads");
        }

        var inputs = node
            .Inputs.Clear()
            .Add(Data(node, draft))
            .Add(draft.Constant($"{node.Output}_pads", TensorData.Of<long>(pads, pads.Length)));
        var value = node.Attributes.Float("value");
        return node with
        {
            Inputs = value == 0 ? inputs : inputs.Add(draft.Constant($"{node.Output}_value", TensorData.Scalar(value))),
            Attributes = node.Attributes.Without("pads").Without("value"),
        };
    }
}

/// <summary>Expands the pads of selected axes (input 3, since opset 18) to pads of all axes.</summary>
/// <remarks>
/// The pads of n axes are the n values before the data and the n values after it. Other axes get 0. Axes and pads must be constants, and
/// the rank of the input must be known.
/// </remarks>
internal sealed class PadAxes() : Upgrade("Pad", from: 18)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        if (node.InputOrNull(3) is not { } axesName)
        {
            return node;
        }

        if (draft.Known(axesName)?.ToInt64() is not { } axes || draft.Known(node.InputOrNull(1))?.ToInt64() is not { } pads)
        {
            throw draft.Source.Unsupported(node, "axes and pads that are not constants are not supported");
        }

        var rank =
            draft.ShapeOf(Data(node, draft))?.Rank
            ?? draft.ShapeOf(node.Output)?.Rank
            ?? throw draft.Source.Unsupported(node, "axes are not supported where the number of dimensions is not known");
        var full = draft.Constant($"{node.Output}_pads", TensorData.Of<long>(Expand(pads, axes, rank, node, draft), rank * 2));
        return node with { Inputs = [.. node.Inputs.Take(3).Select((input, index) => index == 1 ? full : input)] };
    }

    private static long[] Expand(long[] pads, long[] axes, int rank, Node node, GraphDraft draft)
    {
        if (pads.Length != axes.Length * 2 || axes.Any(axis => axis < -rank || axis >= rank))
        {
            throw draft.Source.Invalid($"{node} has {pads.Length} pads for the axes {string.Join(", ", axes)} of {rank} dimensions");
        }

        var full = new long[rank * 2];
        for (var i = 0; i < axes.Length; i++)
        {
            var axis = axes[i] < 0 ? axes[i] + rank : axes[i];
            full[axis] = pads[i];
            full[axis + rank] = pads[i + axes.Length];
        }

        return full;
    }
}

/// <summary>Rejects the mode "wrap" of Pad (since opset 19), for which there is no execution. All other modes exist in opset 17.</summary>
internal sealed class PadMode() : Upgrade("Pad", from: 19)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft) =>
        node.Attributes.Text("mode", "constant") == "wrap" ? throw draft.Source.Unsupported(node, "the mode wrap is not supported") : node;
}
