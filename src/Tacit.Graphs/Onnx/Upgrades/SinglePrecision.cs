using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Replaces the target type of a Cast to any floating-point type by Float32.</summary>
/// <remarks>Networks are read in single precision, so a Cast to Float16 or Float64 only copies its input.</remarks>
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
