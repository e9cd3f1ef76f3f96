using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Removes the attribute <c>allowzero</c> of Reshape (since opset 14).</summary>
/// <remarks>
/// By default, a size of 0 copies the size of the input. With <c>allowzero</c> = 1 it is an empty axis, which is rejected if it is a
/// constant. A computed size, as PyTorch's exporter writes it, is 0 only for empty tensors, such as a batch without images.
/// </remarks>
internal sealed class ReshapeAllowZero() : Upgrade("Reshape", from: 14)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var form = node with { Attributes = node.Attributes.Without("allowzero") };
        if (node.Attributes.Int("allowzero") == 0)
        {
            return form;
        }

        return draft.Known(node.InputOrNull(1))?.ToInt64().Contains(0) != true
            ? form
            : throw draft.Source.Unsupported(node, "allowzero with a size of 0 is not supported");
    }
}
