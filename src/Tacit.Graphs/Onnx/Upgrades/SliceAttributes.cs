using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Moves starts, ends and axes of Slice from attributes (up to opset 9) to inputs 1 to 3 (since opset 10).</summary>
/// <remarks>Without axes, the first axes are sliced, one for each start. Steps did not exist before opset 10.</remarks>
internal sealed class SliceAttributes() : Upgrade("Slice", to: 9)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        if (node.Attributes.Ints("starts") is not { } starts || node.Attributes.Ints("ends") is not { } ends)
        {
            throw draft.Source.Invalid($"{node} lacks the attributes starts and ends");
        }

        var axes = node.Attributes.Ints("axes") ?? [.. Enumerable.Range(0, starts.Length).Select(axis => (long)axis)];
        return node with
        {
            Inputs = [Data(node, draft), Constant("starts", starts), Constant("ends", ends), Constant("axes", axes)],
            Attributes = node.Attributes.Without("starts").Without("ends").Without("axes"),
        };

        string Constant(string name, long[] values) => draft.Constant($"{node.Output}_{name}", TensorData.Of<long>(values, values.Length));
    }
}
