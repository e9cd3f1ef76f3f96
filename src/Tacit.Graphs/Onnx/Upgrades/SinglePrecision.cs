using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>A Cast to half or double precision becomes one to <see cref="ElementType.Float32"/>, in which networks are read.</summary>
internal sealed class SinglePrecision() : Upgrade("Cast")
{
    public override Node Apply(Node node, GraphDraft draft) =>
        ((ElementType)node.Attributes.Int("to")).IsFloatingPoint()
            ? node with
            {
                Attributes = node.Attributes.With("to", (long)ElementType.Float32),
            }
            : node;
}
