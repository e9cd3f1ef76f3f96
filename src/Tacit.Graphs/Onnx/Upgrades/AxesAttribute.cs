using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Moves the axes of an operator from an attribute (up to opset 12) to input 1.</summary>
/// <param name="operator">The ONNX operator name.</param>
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
