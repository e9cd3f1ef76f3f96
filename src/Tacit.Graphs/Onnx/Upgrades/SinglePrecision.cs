using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Replaces the target of a Cast to any floating-point type with Float32, because networks are read in single precision.</summary>
internal sealed class SinglePrecision() : Upgrade("Cast")
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft) =>
        ((ElementType)node.Attributes.Int("to")).IsFloatingPoint()
            ? node with
            {
                Attributes = node.Attributes.With("to", (long)ElementType.Float32),
            }
            : node;
}
