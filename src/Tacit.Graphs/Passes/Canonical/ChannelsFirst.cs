using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Brings a network whose images are N x H x W x C, as TensorFlow and Keras have them, to N x C x H x W.</summary>
/// <remarks>
/// Their exporters put a Transpose before each convolution and another after it. What lies between two of these is made to work
/// on the other order of axes, so that the two cancel: activations, sums and products with what broadcasts, pads, joins,
/// slices and means. One Transpose is left at the input and one wherever the order counts, such as before a flattening. Every
/// number stays what it was, inputs and outputs stay as they are, and a network without such pairs is given back itself.
/// </remarks>
public static class ChannelsFirst
{
    /// <summary>The network in which the channels come first.</summary>
    /// <param name="model">The network, its constants folded: see <see cref="ConstantFolding"/>.</param>
    /// <exception cref="UnsuitableModelException">As in <see cref="ShapeInference.Infer"/>.</exception>
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

    // The fewer the better; of as many those the better that come sooner, or later where they lead back to the channels last: more
    // then works on the channels first. Each round has to win something, so that there is a last one.
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
