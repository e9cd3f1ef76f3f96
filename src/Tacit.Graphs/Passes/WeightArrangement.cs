namespace Tacit.Graphs.Passes;

/// <summary>Applies transposes and reshapes of weights once, instead of each time the network runs.</summary>
/// <remarks>
/// <para>Before: weights → Transpose, Reshape, Squeeze, Unsqueeze or Identity → layer. After: rearranged weights → layer.</para>
/// <para>
/// Exporters of frameworks that keep kernels in another order write such nodes, for example TensorFlow with (H, W, C, O). The pass is
/// exact: elements move, and nothing is computed. The new initializers keep the <see cref="WeightRole"/> of the original ones, so learned
/// weights stay learned weights. This is why <see cref="Canonical.ConstantFolding"/> does not do this: it turns what it computes into
/// constants.
/// </para>
/// </remarks>
public static class WeightArrangement
{
    /// <summary>Returns the network with its weights in the order in which its layers read them.</summary>
    /// <param name="model">The network. Chains of several such nodes are resolved.</param>
    /// <returns>The rewritten network; <paramref name="model"/> itself if it has no such nodes.</returns>
    /// <remarks>A node that gives an output of the graph stays. So does a Transpose of elements with fewer than 8 bits.</remarks>
    public static Model Apply(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        GraphBuilder? builder = null;
        var arranged = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var node in model.Graph.Nodes.Where(node => !node.Outputs.Any(model.Graph.IsOutput)))
        {
            var source = arranged.GetValueOrDefault(node.Inputs.FirstOrDefault(""), node.Inputs.FirstOrDefault(""));
            if (
                (builder?.HasInitializer(source) ?? model.Graph.IsInitializer(source))
                && Moved(node, builder?.Data(source) ?? model.Weights[source], model) is { } data
            )
            {
                builder ??= new GraphBuilder(model);
                var role = model.Graph.Initializers[node.Inputs.Select(input => Origin(input, model.Graph)).First()].Role;
                builder.Remove(node);
                arranged[node.Output] = builder.Initializer(node.Output + ".arranged", data, role);
                builder.Redirect(node.Output, arranged[node.Output]);
            }
        }

        return builder?.Build() ?? model;
    }

    /// <summary>Returns the initializer from which a value was rearranged.</summary>
    private static string Origin(string value, Graph graph) =>
        graph.Producer(value) is { } producer ? Origin(producer.Inputs[0], graph) : value;

    /// <summary>
    /// Returns the weights after a node; null if the node does more than rearrange, or its axes and sizes are not constant.
    /// </summary>
    private static TensorData? Moved(Node node, TensorData data, Model model)
    {
        var rank = data.Sizes.Length;
        switch (node.Operator)
        {
            case "Identity":
                return data;
            case "Transpose" when data.Element.Bits() >= 8:
                var order = node.Attributes.Ints("perm") ?? [.. Enumerable.Range(0, rank).Reverse()];
                return data.Transpose([.. order.Select(axis => (int)(axis < 0 ? axis + rank : axis))]);
            case "Reshape" or "Squeeze" or "Unsqueeze" when node.Inputs.Skip(1).All(model.Graph.IsInitializer):
                return data.Reshape(Sizes(node, data, [.. node.Inputs.Skip(1).SelectMany(input => model.Weights[input].ToInt64())]));
            default:
                return null;
        }
    }

    /// <summary>Returns the shape of the weights after a Squeeze, Unsqueeze or Reshape.</summary>
    private static long[] Sizes(Node node, TensorData data, long[] numbers)
    {
        var sizes = data.Sizes;
        switch (node.Operator)
        {
            case "Squeeze":
                var gone = numbers.Select(axis => axis < 0 ? axis + sizes.Length : axis).ToHashSet();
                return [.. sizes.Where((size, axis) => gone.Count > 0 ? !gone.Contains(axis) : size != 1)];
            case "Unsqueeze":
                var rank = sizes.Length + numbers.Length;
                var added = numbers.Select(axis => axis < 0 ? axis + rank : axis).ToHashSet();
                var rest = new Queue<long>(sizes);
                return [.. Enumerable.Range(0, rank).Select(axis => added.Contains(axis) ? 1 : rest.Dequeue())];
            default:
                long[] stated =
                [
                    .. numbers.Select((size, axis) => size == 0 && node.Attributes.Int("allowzero") == 0 ? sizes[axis] : size),
                ];
                var known = stated.Where(size => size != -1).Aggregate(1L, (product, size) => product * size);
                return [.. stated.Select(size => size == -1 ? data.Count / Math.Max(1, known) : size)];
        }
    }
}
