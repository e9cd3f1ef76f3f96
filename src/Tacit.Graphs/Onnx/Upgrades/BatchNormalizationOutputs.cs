using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Removes the running and saved statistics from the outputs of BatchNormalization.</summary>
/// <remarks>Used statistics and <c>spatial</c> = 0 are refused.</remarks>
internal sealed class BatchNormalizationOutputs() : Upgrade("BatchNormalization")
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        if (node.Attributes.Int("spatial", 1) == 0)
        {
            throw draft.Source.Unsupported(node, "statistics per activation (spatial = 0) are not supported");
        }

        return node.Outputs.Skip(1).FirstOrDefault(draft.IsUsed) is { } used
            ? throw draft.Source.Unsupported(node, $"the statistics {used} are used as a value, which is not supported")
            : node with
            {
                Outputs = [node.Output],
                Attributes = node.Attributes.Without("spatial"),
            };
    }
}
