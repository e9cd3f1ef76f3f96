namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Removes and restores the Transpose behind an N x H x W x C input.</summary>
/// <remarks>
/// Samples are synthesised and images are prepared channels first. Therefore, the Transpose is removed before quantisation and restored at
/// the end. The finished network has the same input as the original one, and programs that run it need no change.
/// </remarks>
public static class ChannelsLastInput
{
    /// <summary>Returns whether a network has a single input that is only read by Transposes to the channels-first order.</summary>
    public static bool IsIn(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Graph.Inputs is [var input]
            && !model.Graph.IsOutput(input.Name)
            && model.Graph.Consumers(input.Name) is { IsEmpty: false } readers
            && readers.All(ChannelOrder.IsToFirst)
            && !readers.Any(reader => model.Graph.IsOutput(reader.Output));
    }

    /// <summary>Returns the network with an N x C x H x W input of the same name and without the Transposes that read it.</summary>
    /// <param name="model">A network for which <see cref="IsIn"/> holds.</param>
    /// <exception cref="ArgumentException"><see cref="IsIn"/> is false for the network.</exception>
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

    /// <summary>
    /// Returns the network with an N x H x W x C input of the same name, followed by a Transpose. Reverses <see cref="Without"/>.
    /// </summary>
    /// <param name="model">A network whose first input is N x C x H x W.</param>
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
