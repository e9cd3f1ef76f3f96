using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>
/// Rejects blocks of elements with scales of their own (<c>block_size</c>, since opset 21), which weight-only formats use.
/// </summary>
/// <remarks>The default, 0, means one scale per tensor or per index of an axis. The attribute is then removed.</remarks>
/// <param name="operator">"QuantizeLinear" or "DequantizeLinear".</param>
internal sealed class QuantizationBlocks(string @operator) : Upgrade(@operator, from: 21)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft) =>
        node.Attributes.Int("block_size") == 0
            ? node with
            {
                Attributes = node.Attributes.Without("block_size"),
            }
            : throw draft.Source.Unsupported(node, "scales for blocks of elements are not supported");
}

/// <summary>Replaces the attribute <c>output_dtype</c> of QuantizeLinear (since opset 21) by a zero point of that element type.</summary>
/// <remarks>
/// Up to opset 20, only the zero point determines the element type of the result. The new zero points are 0, with the shape of the scale,
/// which must be a constant. If the node has a zero point, the attribute is redundant.
/// </remarks>
internal sealed class QuantizedType() : Upgrade("QuantizeLinear", from: 21)
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var form = node with { Attributes = node.Attributes.Without("output_dtype") };
        var type = (int)node.Attributes.Int("output_dtype");
        if (type == 0 || node.InputOrNull(2) is not null)
        {
            return form;
        }

        if (draft.Known(node.InputOrNull(1)) is not { } scale)
        {
            throw draft.Source.Unsupported(node, "a type given by output_dtype is supported only where the scale is a constant");
        }

        var element = new TensorReader(draft.Source).ElementOf(type, $"the output of {node}");
        var zeros = new TensorData(element, scale.Sizes.AsSpan(), new byte[element.Bytes(scale.Count)]);
        return form with { Inputs = [Data(node, draft), node.Inputs[1], draft.Constant($"{node.Output}_zero_point", zeros)] };
    }
}
