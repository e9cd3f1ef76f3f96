using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Converts a network on N x H x W x C images, as TensorFlow and Keras define them, to N x C x H x W.</summary>
/// <remarks>
/// <para>
/// Exporters of such networks put a Transpose before each convolution and another one after it: Transpose → Conv → Transpose → Relu →
/// Transpose → Conv. The pass makes the nodes in between work on the other axis order, so that pairs of Transposes cancel: Transpose → Conv
/// → Relu → Conv.
/// </para>
/// <para>
/// The nodes in between are element-wise functions, broadcast sums and products, pads, concatenations, slices and reductions; see
/// <see cref="ChannelsFirstRules"/>. One Transpose remains at the input, and one wherever the order matters, for example before a Flatten
/// of several pixels.
/// </para>
/// <para>
/// The pass is exact: every element keeps its value. Inputs and outputs keep their axis order. Passes repeat as long as each lowers the
/// number of Transposes, or moves them closer to the input at the same number.
/// </para>
/// </remarks>
public static class ChannelsFirst
{
    /// <summary>Returns the network with channels first wherever this saves Transposes.</summary>
    /// <param name="model">The network after <see cref="ConstantFolding"/>, which makes axes and pads known.</param>
    /// <returns>The rewritten network; <paramref name="model"/> itself if it has no Transposes between the two orders.</returns>
    /// <exception cref="UnsuitableModelException">Shapes do not fit; see <see cref="ShapeInference.Infer"/>.</exception>
    public static Model Apply(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        while (
            Cost(model.Graph) is { Transposes: > 0 } cost
            && new ChannelsFirstPass(model).Run() is var next
            && Cost(next.Graph).CompareTo(cost) < 0
        )
        {
            model = next;
        }

        return model;
    }

    /// <summary>Returns the number of Transposes, and at the same number, a measure of their positions. Less is better.</summary>
    /// <remarks>
    /// Transposes to channels first should come early and those to channels last late, so that more nodes work on channels first. Each pass
    /// must lower the cost, so the passes end.
    /// </remarks>
    private static (int Transposes, int Place) Cost(Graph graph)
    {
        var depths = new Dictionary<string, int>(StringComparer.Ordinal);
        var (transposes, place) = (0, 0);
        foreach (var node in graph.Nodes)
        {
            var depth = node.Inputs.Max(input => (int?)depths.GetValueOrDefault(input)) ?? 0;
            var (toFirst, toLast) = (ChannelOrder.IsToFirst(node), ChannelOrder.IsToLast(node));
            transposes += toFirst || toLast ? 1 : 0;
            place +=
                toFirst ? depth
                : toLast ? -depth
                : 0;
            foreach (var output in node.Outputs)
            {
                depths[output] = toFirst || toLast ? depth : depth + 1;
            }
        }

        return (transposes, place);
    }
}
