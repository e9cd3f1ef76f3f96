using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>
/// Moves the bounds of Clip from the attributes <c>min</c> and <c>max</c> (up to opset 10) to inputs 1 and 2 (since opset 11).
/// </summary>
/// <remarks>
/// The defaults of the attributes, the smallest and the largest finite Float32, are omitted. An omitted input means no bound, which is the
/// same for finite values.
/// </remarks>
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
