using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>
/// Removes the output of MaxPool for the indices of the maxima, and the attribute <c>storage_order</c>, which concerns only it.
/// </summary>
/// <remarks>A node whose indices are used, for example by MaxUnpool, is rejected.</remarks>
internal sealed class MaxPoolIndices() : Upgrade("MaxPool")
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft) =>
        node.Outputs.Skip(1).Any(draft.IsUsed)
            ? throw draft.Source.Unsupported(node, "the indices of the maxima are not supported")
            : node with
            {
                Outputs = [node.Output],
                Attributes = node.Attributes.Without("storage_order"),
            };
}

/// <summary>Removes the attribute <c>dilations</c> of AveragePool (since opset 19) if all dilations are 1.</summary>
/// <remarks>The node then has the form of opset 17. Larger dilations are kept, and need opset 19 when the network is written.</remarks>
internal sealed class UnitDilations() : Upgrade("AveragePool", from: 19)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft) =>
        node.Attributes.Ints("dilations") is { } dilations && dilations.All(dilation => dilation == 1)
            ? node with
            {
                Attributes = node.Attributes.Without("dilations"),
            }
            : node;
}
