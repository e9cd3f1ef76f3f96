using System.Collections.Immutable;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>From opset 18 on the axes of a mean are an input.</summary>
internal sealed class ReduceMeanAxes() : Upgrade("ReduceMean", from: 18)
{
    public override Node Apply(Node node, GraphDraft draft)
    {
        var name = node.InputOrNull(1);
        var axes = draft.Known(name)?.ToInt64();
        if (name is not null && axes is null)
        {
            throw draft.Source.Unsupported(node, $"the axes {name} are not a constant, which is not supported");
        }

        var input = Data(node, draft);
        if (axes is { Length: > 0 })
        {
            return Mean(node.Attributes.With("axes", ImmutableArray.Create(axes)));
        }

        return node.Attributes.Int("noop_with_empty_axes") == 0
            ? Mean(node.Attributes)
            : node with { Operator = "Identity", Inputs = [input], Attributes = Attributes.None };

        Node Mean(Attributes attributes) => node with { Inputs = [input], Attributes = attributes.Without("noop_with_empty_axes") };
    }
}
