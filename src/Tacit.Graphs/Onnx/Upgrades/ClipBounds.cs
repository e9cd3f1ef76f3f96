using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Until opset 10 the bounds of a clip are attributes.</summary>
internal sealed class ClipBounds() : Upgrade("Clip", to: 10)
{
    public override Node Apply(Node node, GraphDraft draft)
    {
        var min = Bound("min", float.MinValue);
        var max = Bound("max", float.MaxValue);
        return node with { Inputs = [Data(node, draft), min, max], Attributes = node.Attributes.Without("min").Without("max") };

        string Bound(string name, float none) =>
            node.Attributes.Float(name, none) is var bound && bound != none
                ? draft.Constant($"{node.Output}_{name}", TensorData.Scalar(bound))
                : "";
    }
}
