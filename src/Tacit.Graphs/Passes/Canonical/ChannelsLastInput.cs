namespace Tacit.Graphs.Passes.Canonical;

/// <summary>The input of a network that takes images N x H x W x C and reads them through a Transpose alone.</summary>
/// <remarks>
/// Samples are made and images prepared with the channels first. The network is worked on without that Transpose, and gets it back
/// at the end, so that programs go on giving it what they did.
/// </remarks>
public static class ChannelsLastInput
{
    /// <summary>Whether the network's only input is such a one.</summary>
    public static bool IsIn(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Graph.Inputs is [var input]
            && !model.Graph.IsOutput(input.Name)
            && model.Graph.Consumers(input.Name) is { IsEmpty: false } readers
            && readers.All(ChannelOrder.IsToFirst)
            && !readers.Any(reader => model.Graph.IsOutput(reader.Output));
    }

    /// <summary>The network with an input N x C x H x W of the same name.</summary>
    /// <exception cref="ArgumentException">Its input is not such a one: see <see cref="IsIn"/>.</exception>
    public static Model Without(Model model)
    {
        if (!IsIn(model))
        {
            throw new ArgumentException("the network does not read its input through a Transpose", nameof(model));
        }

        var graph = model.Graph;
        var input = graph.Inputs[0];
        var gone = graph.Consumers(input.Name);
        var outputs = gone.Select(node => node.Output).ToHashSet(StringComparer.Ordinal);
        return new Model(
            new Graph(
                graph.Name,
                [Reordered(input, ChannelOrder.ToFirst(input.Type.Shape.Rank))],
                graph.Initializers.Values,
                graph
                    .Nodes.Where(node => !gone.Contains(node))
                    .Select(node => node with { Inputs = [.. node.Inputs.Select(value => outputs.Contains(value) ? input.Name : value)] }),
                graph.Outputs
            ),
            model.Weights,
            model.Metadata
        );
    }

    /// <summary>The network with an input N x H x W x C of the same name, and a Transpose behind it: the inverse of <see cref="Without"/>.</summary>
    public static Model With(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var graph = model.Graph;
        var input = graph.Inputs[0];
        var rank = input.Type.Shape.Rank;
        var first = new GraphBuilder(model).Unique(input.Name + ".channels_first");
        return new Model(
            new Graph(
                graph.Name,
                [Reordered(input, ChannelOrder.ToLast(rank))],
                graph.Initializers.Values,
                [
                    new Node(first, "Transpose", [input.Name], [first], Attributes.None.With("perm", ChannelOrder.ToFirst(rank))),
                    .. graph.Nodes.Select(node =>
                        node with
                        {
                            Inputs = [.. node.Inputs.Select(value => value == input.Name ? first : value)],
                        }
                    ),
                ],
                graph.Outputs
            ),
            model.Weights,
            model.Metadata
        );
    }

    private static Value Reordered(Value input, IEnumerable<long> axes) =>
        input with
        {
            Type = input.Type with { Shape = new Shape([.. axes.Select(axis => input.Type.Shape[(int)axis])]) },
        };
}
