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

/// <summary>Replaces the mask output of Dropout. In inference, every element is kept, so the mask is true.</summary>
internal sealed class DropoutMask() : Upgrade("Dropout")
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        foreach (var mask in node.Outputs.Skip(1).Where(draft.IsUsed))
        {
            var sizes = Before(node, draft, "Shape", "sizes", [Data(node, draft)]);
            var kept = Attributes.None.With("value", TensorData.Of<bool>([true], 1));
            draft.Add(new Node(draft.NodeName(mask), "ConstantOfShape", [sizes], [mask], kept));
        }

        return node with
        {
            Outputs = [node.Output],
        };
    }
}
