using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>A size of 0 in a reshape copies that of the input, unless "allowzero" makes it an empty dimension.</summary>
/// <remarks>A size that is computed from shapes, as PyTorch's exporter writes it, is 0 for empty tensors only, as of a batch of no images.</remarks>
internal sealed class ReshapeAllowZero() : Upgrade("Reshape", from: 14)
{
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
