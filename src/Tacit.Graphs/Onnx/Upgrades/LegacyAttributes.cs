using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Removes attributes that have no meaning in the graph dialect.</summary>
/// <remarks>One example is <c>training_mode</c>: training or evaluation is chosen when a graph is executed.</remarks>
/// <param name="operator">The ONNX operator name.</param>
/// <param name="names">The names of the attributes to remove.</param>
internal sealed class LegacyAttributes(string @operator, params string[] names) : Upgrade(@operator)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft) =>
        node with
        {
            Attributes = names.Aggregate(node.Attributes, (attributes, name) => attributes.Without(name)),
        };
}
