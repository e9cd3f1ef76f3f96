namespace Tacit.Graphs.Rewriting;

/// <summary>Gives a network an open batch size, also where its file fixes it, and the sizes that are asked for.</summary>
/// <remarks>
/// Exporters fix the batch to that of their example, usually 1, unless told otherwise. What follows from it in the graph is the
/// first size of a reshape, which is made to copy its input's.
/// </remarks>
/// <param name="inputs">Shapes that take the place of declared ones, by name; their first sizes are not used.</param>
public sealed class BatchOpening(IReadOnlyDictionary<string, Shape>? inputs = null)
{
    private const string Symbol = "N";

    /// <summary>The network with an open batch.</summary>
    /// <exception cref="UnsuitableModelException">A shape that is asked for has another rank than the input.</exception>
    public Model Apply(Model model)
    {
        var graph = model.Graph;
        var batch = graph.Inputs.Select(input => input.Type.Shape).FirstOrDefault(shape => shape.Rank > 0)?[0];
        var reshaped = batch is { IsKnown: true } known ? Reshapes(model, known.Size) : [];
        return new Model(
            new Graph(graph.Name, graph.Inputs.Select(Open), graph.Initializers.Values, graph.Nodes, graph.Outputs.Select(Opened)),
            model.Weights.With(reshaped),
            model.Metadata);

        Value Open(Value input)
        {
            var shape = input.Type.Shape;
            if (inputs?.GetValueOrDefault(input.Name) is { } asked)
            {
                shape = asked.Rank == shape.Rank
                    ? new Shape([shape[0], .. asked.Skip(1)])
                    : throw new UnsuitableModelException($"the input {input.Name} is {shape}; {asked} has another number of dimensions");
            }

            return Opened(input with { Type = input.Type with { Shape = shape } });
        }

        static Value Opened(Value value) => value.Type.Shape is { Rank: > 0 } shape && shape[0].IsKnown
            ? value with { Type = value.Type with { Shape = shape.With(0, Symbol) } }
            : value;
    }

    private static IEnumerable<KeyValuePair<string, TensorData>> Reshapes(Model model, long batch)
    {
        foreach (var node in model.Graph.Nodes.Where(node => node.Operator == "Reshape" && model.Graph.IsInitializer(node.Inputs[1])))
        {
            var sizes = model.Weights[node.Inputs[1]].ToInt64();
            if (sizes.Length > 1 && sizes[0] == batch && node.Attributes.Int("allowzero") == 0)
            {
                sizes[0] = 0;
                yield return KeyValuePair.Create(node.Inputs[1], TensorData.Of<long>(sizes));
            }
        }
    }
}
