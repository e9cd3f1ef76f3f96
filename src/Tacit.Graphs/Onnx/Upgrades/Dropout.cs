using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Until opset 11 the ratio of a dropout is an attribute.</summary>
internal sealed class DropoutRatio() : Upgrade("Dropout", to: 11)
{
    // What ONNX assumes where the attribute is left out.
    private const float Default = 0.5f;

    public override Node Apply(Node node, GraphDraft draft)
    {
        var ratio = draft.Constant($"{node.Output}_ratio", TensorData.Scalar(node.Attributes.Float("ratio", Default)));
        return node with { Inputs = [Data(node, draft), ratio], Attributes = node.Attributes.Without("ratio") };
    }
}

/// <summary>Leaves out the mask of a dropout.</summary>
internal sealed class DropoutMask() : Upgrade("Dropout")
{
    public override Node Apply(Node node, GraphDraft draft) =>
        node.Outputs.Skip(1).Any(draft.IsUsed)
            ? throw draft.Source.Unsupported(node, "the mask is used as a value, which is not supported")
            : node with
            {
                Outputs = [node.Output],
            };
}
