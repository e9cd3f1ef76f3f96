using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Refuses the indices of a max pool, and leaves out the order in which they would be counted.</summary>
internal sealed class MaxPoolIndices() : Upgrade("MaxPool")
{
    public override Node Apply(Node node, GraphDraft draft) =>
        node.Outputs.Skip(1).Any(draft.IsUsed)
            ? throw draft.Source.Unsupported(node, "the indices of the maxima are not supported")
            : node with
            {
                Outputs = [node.Output],
                Attributes = node.Attributes.Without("storage_order"),
            };
}

/// <summary>From opset 19 on an average pool may be dilated; dilations of 1 say nothing.</summary>
internal sealed class UnitDilations() : Upgrade("AveragePool", from: 19)
{
    public override Node Apply(Node node, GraphDraft draft) =>
        node.Attributes.Ints("dilations") is { } dilations && dilations.All(dilation => dilation == 1)
            ? node with
            {
                Attributes = node.Attributes.Without("dilations"),
            }
            : node;
}
