using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Moves the ratio of Dropout from an attribute (up to opset 11, default 0.5) to input 1 (since opset 12).</summary>
/// <remarks>Inference ignores the ratio. Fine-tuning uses it.</remarks>
internal sealed class DropoutRatio() : Upgrade("Dropout", to: 11)
{
    // The ONNX default for a missing attribute.
    private const float Default = 0.5f;

    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var ratio = draft.Constant($"{node.Output}_ratio", TensorData.Scalar(node.Attributes.Float("ratio", Default)));
        return node with { Inputs = [Data(node, draft), ratio], Attributes = node.Attributes.Without("ratio") };
    }
}

/// <summary>Removes the mask output of Dropout. A node whose mask is used is rejected, because no mask exists in inference.</summary>
internal sealed class DropoutMask() : Upgrade("Dropout")
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft) =>
        node.Outputs.Skip(1).Any(draft.IsUsed)
            ? throw draft.Source.Unsupported(node, "the mask is used as a value, which is not supported")
            : node with
            {
                Outputs = [node.Output],
            };
}
