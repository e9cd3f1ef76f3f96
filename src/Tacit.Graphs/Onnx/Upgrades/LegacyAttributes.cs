using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Removes attributes that have no effect on the result of inference in Float32.</summary>
/// <remarks>
/// These are <c>training_mode</c> (since opset 14), <c>is_test</c> and <c>consumed_inputs</c> (up to opset 6): the caller decides between
/// training and evaluation when it executes a network. <c>saturate</c> (since opset 19) concerns only 8-bit floating-point types, which are
/// not supported.
/// </remarks>
/// <param name="operator">The name of the operator.</param>
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
