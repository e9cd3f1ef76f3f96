using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Leaves out attributes that say nothing in the dialect.</summary>
/// <remarks>training_mode goes because training or evaluating is an argument of the call that executes a graph.</remarks>
internal sealed class LegacyAttributes(string @operator, params string[] names) : Upgrade(@operator)
{
    public override Node Apply(Node node, GraphDraft draft) =>
        node with
        {
            Attributes = names.Aggregate(node.Attributes, (attributes, name) => attributes.Without(name)),
        };
}
