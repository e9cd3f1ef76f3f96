using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Removes the index output and the attribute <c>storage_order</c> of MaxPool. Indices that are used are refused.</summary>
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

/// <summary>Removes the attribute <c>dilations</c> (from opset 19) of AveragePool when all dilations are 1.</summary>
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
