using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Until opset 12 the axes of some operators are an attribute.</summary>
internal sealed class AxesAttribute(string @operator) : Upgrade(@operator, to: 12)
{
    public override Node Apply(Node node, GraphDraft draft) =>
        node.Attributes.Ints("axes") is { } axes
            ? node with
            {
                Inputs = [Data(node, draft), draft.Constant($"{node.Output}_axes", TensorData.Of<long>(axes, axes.Length))],
                Attributes = node.Attributes.Without("axes"),
            }
            : node;
}
