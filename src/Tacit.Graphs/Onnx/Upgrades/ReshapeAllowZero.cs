namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>A size of 0 in a reshape copies that of the input, unless "allowzero" makes it an empty dimension.</summary>
internal sealed class ReshapeAllowZero() : Upgrade("Reshape", from: 14)
{
    public override Node Apply(Node node, GraphDraft draft)
    {
        var form = node with { Attributes = node.Attributes.Without("allowzero") };
        if (node.Attributes.Int("allowzero") == 0)
        {
            return form;
        }

        return draft.Known(node.InputOrNull(1))?.ToInt64() is { } sizes && !sizes.Contains(0)
            ? form
            : throw draft.Source.Unsupported(node, "allowzero is supported only where the sizes are constants other than 0");
    }
}
