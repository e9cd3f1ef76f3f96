using Tacit.Graphs.Onnx.Drafts;

namespace Tacit.Graphs.Onnx.Upgrades;

/// <summary>
/// Rewrites GroupNormalization, an operator since opset 18, as Reshape, InstanceNormalization over the groups, and Reshape.
/// </summary>
/// <remarks>
/// <para>
/// The input (N, C, ...) becomes (N, G, -1) with G groups, and is normalised over the last axis. In opsets 18 to 20, scale and bias have G
/// elements and become those of the InstanceNormalization. Since opset 21 they have C elements, and are applied to (N, C, -1) by Mul and
/// Add. They remain parameters that fine-tuning can change.
/// </para>
/// <para>
/// Rejected are scales and biases that are not constants, a <c>stash_type</c> other than 1 (Float32), and a missing <c>num_groups</c>.
/// </para>
/// </remarks>
internal sealed class GroupsAsInstances() : Upgrade("GroupNormalization")
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        var x = Data(node, draft);
        var groups = node.Attributes.Int("num_groups");
        if (node.Inputs.Length != 3 || groups < 1 || node.Attributes.Int("stash_type", 1) != 1)
        {
            throw draft.Source.Unsupported(node, "a form other than x, scale and bias with num_groups is not supported");
        }

        var perChannel = draft.Opset >= 21;
        var (scale, bias) = (Vector(1, "scale"), Vector(2, "bias"));
        var grouped = Reshaped(x, "groups", 0, groups, -1);
        var normal = Before(
            node,
            draft,
            "InstanceNormalization",
            "normal",
            perChannel ? [grouped, Filled("ones", 1), Filled("zeros", 0)] : [grouped, node.Inputs[1], node.Inputs[2]],
            Attributes.None.With("epsilon", node.Attributes.Float("epsilon", 1e-5f))
        );
        if (perChannel)
        {
            var channels = Reshaped(normal, "channels", 0, scale.Count, -1);
            normal = Before(
                node,
                draft,
                "Add",
                "shifted",
                [Before(node, draft, "Mul", "scaled", [channels, Column(scale, "scale")]), Column(bias, "bias")]
            );
        }

        var sizes = Before(node, draft, "Shape", "sizes", [x]);
        return node with { Operator = "Reshape", Inputs = [normal, sizes], Attributes = Attributes.None };

        TensorData Vector(int input, string what) =>
            draft.Known(node.Inputs[input]) is not { } vector
                ? throw draft.Source.Unsupported(node, $"a {what} that is not a constant is not supported")
            : vector.Sizes.Length == 1 && (perChannel ? vector.Count % groups == 0 : vector.Count == groups) ? vector
            : throw draft.Source.Invalid($"{node} has {groups} groups, but its {what} is {vector.Type}");

        string Reshaped(string value, string name, params long[] to) =>
            Before(
                node,
                draft,
                "Reshape",
                name,
                [value, draft.Constant($"{node.Output}_{name}_sizes", TensorData.Of<long>(to, to.Length))]
            );

        string Filled(string name, float value) =>
            draft.Constant($"{node.Output}_{name}", TensorData.Of<float>([.. Enumerable.Repeat(value, (int)groups)], groups));

        // A learned weight, so it is not a structural constant.
        string Column(TensorData vector, string name)
        {
            var column = draft.Unique($"{node.Output}_{name}");
            draft.AddInitializer(column, vector.Reshape(vector.Count, 1));
            return column;
        }
    }
}

/// <summary>
/// Replaces the outputs for mean and inverse deviation of LayerNormalization by their formulas, and removes <c>stash_type</c> (opset 17).
/// </summary>
/// <remarks>A node is rejected if <c>stash_type</c> is not 1: the statistics are always computed in Float32.</remarks>
internal sealed class LayerNormalizationOutputs() : Upgrade("LayerNormalization")
{
    /// <inheritdoc/>
    public override Node Apply(Node node, GraphDraft draft)
    {
        if (node.Attributes.Int("stash_type", 1) != 1)
        {
            throw draft.Source.Unsupported(node, "a stash_type other than 1 is not supported");
        }

        if (node.Outputs.Skip(1).Any(draft.IsUsed))
        {
            AddStatistics(node, draft);
        }

        return node with
        {
            Outputs = [node.Output],
            Attributes = node.Attributes.Without("stash_type"),
        };
    }

    private static void AddStatistics(Node node, GraphDraft draft)
    {
        var x = Data(node, draft);
        var rank = Rank(x, node, draft);
        var axis = (int)node.Attributes.Int("axis", -1);
        var over = Attributes.None.With("axes", [.. Enumerable.Range(axis, axis < 0 ? -axis : rank - axis).Select(place => (long)place)]);
        var mean = Statistic(1, "mean", "ReduceMean", [x], over);
        var centred = Before(node, draft, "Sub", "centred", [x, mean]);
        var squares = Before(node, draft, "Mul", "squares", [centred, centred]);
        var variance = Before(node, draft, "ReduceMean", "variance", [squares], over);
        var epsilon = draft.Constant($"{node.Output}_epsilon", TensorData.Scalar(node.Attributes.Float("epsilon", 1e-5f)));
        var deviation = Before(node, draft, "Sqrt", "deviation", [Before(node, draft, "Add", "spread", [variance, epsilon])]);
        Statistic(2, "inverse", "Reciprocal", [deviation], Attributes.None);

        // The statistic is a value of the network if the node has an output for it.
        string Statistic(int output, string suffix, string @operator, string[] inputs, Attributes attributes)
        {
            var name = node.Outputs.ElementAtOrDefault(output) is { Length: > 0 } given ? given : draft.Unique($"{node.Output}_{suffix}");
            draft.Add(new Node(draft.NodeName(name), @operator, [.. inputs], [name], attributes));
            return name;
        }
    }
}
