using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>Removes the optional outputs of BatchNormalization, which hold running or saved statistics.</summary>
/// <remarks>
/// Up to opset 13 there are four optional outputs, since opset 14 two. Files that were exported in training mode have them. A node is
/// rejected if one of them is used, because inference does not compute them.
/// </remarks>
internal sealed class BatchNormalizationOutputs() : Upgrade("BatchNormalization")
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft) =>
        node.Outputs.Skip(1).FirstOrDefault(draft.IsUsed) is { } used
            ? throw draft.Source.Unsupported(node, $"the statistics {used} are used as a value, which is not supported")
            : node with
            {
                Outputs = [node.Output],
            };
}
