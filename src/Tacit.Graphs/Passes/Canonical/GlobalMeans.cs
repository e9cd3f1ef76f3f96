using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Replaces a ReduceMean over all positions by a GlobalAveragePool, for which runtimes have an integer kernel.</summary>
/// <remarks>
/// <para>
/// Before: ReduceMean(axes 2, 3) of N x C x H x W. After: GlobalAveragePool, and a Flatten to N x C if the reduction does not keep its
/// axes. Clips have the axes 2, 3 and 4.
/// </para>
/// <para>The two operators are defined as the same mean. A runtime can add the numbers in another order.</para>
/// </remarks>
public static class GlobalMeans
{
    /// <summary>Returns the network with its global means as pools.</summary>
    /// <param name="model">The network with channels first; see <see cref="ChannelsFirst"/>.</param>
    /// <returns>The rewritten network; <paramref name="model"/> itself if it has none.</returns>
    /// <exception cref="UnsuitableModelException">Shapes do not fit; see <see cref="ShapeInference.Infer"/>.</exception>
    public static Model Apply(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var means = model.Graph.Nodes.Where(node => node.Operator == "ReduceMean" && !model.Graph.IsInitializer(node.Inputs[0])).ToList();
        var types = means.Count > 0 ? ShapeInference.Infer(model) : null;
        means.RemoveAll(mean => !IsOfPixels(mean, types![mean.Inputs[0]]));
        if (means.Count == 0)
        {
            return model;
        }

        var builder = new GraphBuilder(model);
        foreach (var mean in means)
        {
            var keeps = mean.Attributes.Int("keepdims", 1) != 0;
            var pooled = keeps ? mean.Output : builder.Unique(mean.Output + ".pooled");
            builder.Replace(mean, mean with { Operator = "GlobalAveragePool", Outputs = [pooled], Attributes = Attributes.None });
            if (!keeps)
            {
                builder.Add(
                    new Node(builder.Unique(mean.Name + ".flat"), "Flatten", [pooled], [mean.Output], Attributes.None.With("axis", 1))
                );
            }
        }

        return builder.Build();
    }

    private static bool IsOfPixels(Node mean, TensorType type)
    {
        var rank = type.Shape.Rank;
        return ChannelOrder.IsFor(rank)
            && type.Element == ElementType.Float32
            && (mean.Attributes.Ints("axes") ?? [])
                .Select(axis => axis < 0 ? axis + rank : axis)
                .Order()
                .SequenceEqual(Enumerable.Range(2, rank - 2).Select(axis => (long)axis));
    }
}
