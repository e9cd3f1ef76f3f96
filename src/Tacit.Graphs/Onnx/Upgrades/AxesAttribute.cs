using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Moves the axes of Squeeze, Unsqueeze or ReduceSum from an attribute (up to opset 12) to input 1 (since opset 13).</summary>
/// <remarks>A node without the attribute stays as it is: Squeeze then removes all axes of size 1, and ReduceSum reduces all axes.</remarks>
/// <param name="operator">"Squeeze", "Unsqueeze" or "ReduceSum".</param>
internal sealed class AxesAttribute(string @operator) : Upgrade(@operator, to: 12)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft) =>
        node.Attributes.Ints("axes") is { } axes
            ? node with
            {
                Inputs = [Data(node, draft), draft.Constant($"{node.Output}_axes", TensorData.Of<long>(axes, axes.Length))],
                Attributes = node.Attributes.Without("axes"),
            }
            : node;
}
