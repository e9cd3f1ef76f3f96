using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Gives a network an open batch size where its file fixes it, and the sizes that are asked for.</summary>
/// <remarks>
/// Exporters fix the batch to that of their example, usually 1, unless told otherwise. The batch follows the data from the input:
/// shapes are inferred a second time with a symbol for it, and every value that the data reach must have the symbol as its first
/// size, all other sizes as before, and each sample of it must depend on that sample alone. A reshape of such a value that states the
/// batch is made to copy it; a reshape of weights stays as it is. A network of which this cannot be shown keeps its own batch.
/// </remarks>
/// <param name="inputs">Shapes that take the place of declared ones, by name; their first sizes are not used.</param>
public sealed class BatchOpening(IReadOnlyDictionary<string, Shape>? inputs = null)
{
    /// <summary>The network with an open batch; with its own where it mixes samples, or may.</summary>
    /// <exception cref="UnsuitableModelException">A shape that is asked for has another rank than the input, or shapes do not fit.</exception>
    /// <exception cref="UnsupportedOperatorException">The network has an operator without a schema.</exception>
    public Model Apply(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var sized = WithInputs(model, Sized);
        return FixedBatch.Of(sized.Graph.Inputs) is { } batch ? Opened(sized, batch) ?? sized : sized;
    }

    private Shape Sized(Value input)
    {
        var shape = input.Type.Shape;
        return inputs?.GetValueOrDefault(input.Name) is not { } asked ? shape
            : asked.Rank == shape.Rank ? new Shape([shape[0], .. asked.Skip(1)])
            : throw new UnsuitableModelException($"the input {input.Name} is {shape}; {asked} has another number of dimensions");
    }

    private static Model? Opened(Model model, long batch)
    {
        var before = InferredGraph.Of(model);
        Dimension symbol = Symbol(model.Graph);
        var open = WithInputs(CopyBatch(model, before, batch), input => input.Type.Shape.With(0, symbol));
        try
        {
            var after = InferredGraph.Of(open);
            return KeepsSamplesApart(open.Graph, before, after, symbol, batch)
                ? new Model(
                    new Graph(
                        open.Graph.Name,
                        open.Graph.Inputs,
                        open.Graph.Initializers.Values,
                        open.Graph.Nodes,
                        open.Graph.Outputs.Select(output => output with { Type = after.Types[output.Name] })
                    ),
                    open.Weights,
                    open.Metadata
                )
                : null;
        }
        catch (UnsuitableModelException)
        {
            // Shapes fit at the network's own batch, and at no other.
            return null;
        }
    }

    private static Model WithInputs(Model model, Func<Value, Shape> shape) =>
        new(
            new Graph(
                model.Graph.Name,
                model.Graph.Inputs.Select(input => input with { Type = input.Type with { Shape = shape(input) } }),
                model.Graph.Initializers.Values,
                model.Graph.Nodes,
                model.Graph.Outputs
            ),
            model.Weights,
            model.Metadata
        );

    // A symbol that is in no other size.
    private static string Symbol(Graph graph)
    {
        var symbol = "N";
        while (graph.Inputs.Any(input => input.Type.Shape.Any(size => size.Symbol?.Contains(symbol, StringComparison.Ordinal) == true)))
        {
            symbol += "_";
        }

        return symbol;
    }

    // Reshapes of data that state the batch first copy it, by sizes of their own: others may share those of the file.
    private static Model CopyBatch(Model model, InferredGraph inferred, long batch)
    {
        var builder = new GraphBuilder(model);
        var data = model.Graph.Inputs.Select(input => input.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var node in model.Graph.Nodes.Where(node => node.Operator != "Shape" && node.Inputs.Any(data.Contains)))
        {
            data.UnionWith(node.Outputs);
            if (
                node.Operator == "Reshape"
                && data.Contains(node.Inputs[0])
                && inferred.Types[node.Inputs[0]].Shape is { Rank: > 0 } shape
                && shape[0] == batch
                && inferred.Values.GetValueOrDefault(node.Inputs[1])?.Elements.Select(size => size.Integer).ToArray()
                    is [{ } first, .. var rest]
                && first == batch
                && rest.All(size => size is not null)
                && (node.Attributes.Int("allowzero") == 0 || !rest.Contains(0))
            )
            {
                var sizes = builder.Constant(node.Output + ".sizes", [0, .. rest.Select(size => size!.Value)]);
                builder.Replace(
                    node,
                    node with
                    {
                        Inputs = node.Inputs.SetItem(1, sizes),
                        Attributes = node.Attributes.Without("allowzero"),
                    }
                );
            }
        }

        return builder.Build();
    }

    private static bool KeepsSamplesApart(Graph graph, InferredGraph before, InferredGraph after, Dimension symbol, long batch)
    {
        // What carries the batch, and what is computed from sizes that follow from it.
        var carriers = graph.Inputs.Select(input => input.Name).ToHashSet(StringComparer.Ordinal);
        var sizes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            bool[] carries = [.. node.Inputs.Select(carriers.Contains)];
            string[] outputs = [.. node.Outputs.Where(output => output.Length > 0)];
            if (
                node.Operator == "Shape"
                || (!carries.Contains(true) && outputs.All(output => after.Types[output].Equals(before.Types[output])))
            )
            {
                if (carries.Contains(true) || node.Inputs.Any(sizes.Contains))
                {
                    sizes.UnionWith(outputs.Where(output => after.Values.GetValueOrDefault(output)?.IsKnown != true));
                }
            }
            else if (
                outputs.All(HasBatchFirst)
                && !node.Inputs.Where((input, i) => sizes.Contains(input) && !IsShape(node.Operator, i)).Any()
                && (!carries.Contains(true) || OperatorSchemas.Get(node).KeepsSamplesApart(after.Call(node), carries))
            )
            {
                carriers.UnionWith(outputs);
            }
            else
            {
                return false;
            }
        }

        return graph.Outputs.All(output => carriers.Contains(output.Name));

        bool HasBatchFirst(string value) =>
            before.Types[value] is { Shape.Rank: > 0 } type
            && type.Shape[0] == batch
            && after.Types[value].Equals(type with { Shape = type.Shape.With(0, symbol) });
    }

    // Where an operator takes the shape of its result.
    private static bool IsShape(string @operator, int input) =>
        (@operator, input) is ("Reshape" or "Expand" or "Tile", 1) or ("ConstantOfShape", 0) or ("Resize", 3);
}
