using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Rewrites CastLike, an operator since opset 15, as Cast to the inferred element type of its second input.</summary>
/// <remarks>Floating-point types become Float32. The node is rejected if the element type cannot be inferred.</remarks>
internal sealed class CastLikeAsCast() : Upgrade("CastLike")
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var like = node.InputOrNull(1) ?? throw draft.Source.Invalid($"{node} lacks its second input");
        var element = draft.ElementOf(like) ?? throw draft.Source.Unsupported(node, $"the type of {like} is not known");

        // Networks are read in single precision.
        var to = element.IsFloatingPoint() ? ElementType.Float32 : element;
        return node with { Operator = "Cast", Inputs = [Data(node, draft)], Attributes = Attributes.None.With("to", (long)to) };
    }
}
