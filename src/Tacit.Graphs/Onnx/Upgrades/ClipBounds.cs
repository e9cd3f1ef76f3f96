using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Moves the bounds of Clip from attributes (up to opset 10) to inputs 1 and 2. A default bound is left out.</summary>
internal sealed class ClipBounds() : Upgrade("Clip", to: 10)
{
    /// <inheritdoc/>
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
