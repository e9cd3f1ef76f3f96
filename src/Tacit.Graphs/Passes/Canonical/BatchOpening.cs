using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Canonical;

/// <summary>Makes the batch size of a network variable if its file fixes it, and applies requested input shapes.</summary>
/// <remarks>
/// <para>Exporters fix the batch size to that of their example input, usually 1, by default.</para>
/// <para>The pass proves for every value that a variable batch size is safe:</para>
/// <list type="number">
/// <item>Shapes are inferred with the fixed batch size.</item>
/// <item>
/// A Reshape of data to constant sizes that start with the batch size, such as (1, 512), gets the sizes (0, 512): 0 copies the batch.
/// </item>
/// <item>Shapes are inferred again with a symbol, N, as the first size of every input.</item>
/// <item>
/// Every value that depends on the data must have the shape from step 1 with N as its first size, and the schema of its operator must
/// confirm that sample i of the result depends on sample i of the operands alone (<c>KeepsSamplesApart</c>).
/// </item>
/// </list>
/// <para>If the proof fails for one node, the network keeps its fixed batch size.</para>
/// </remarks>
/// <param name="inputs">
/// Shapes that replace the declared ones, by the name of the input. Their first sizes are ignored. Null replaces none.
/// </param>
public sealed class BatchOpening(IReadOnlyDictionary<string, Shape>? inputs = null)
{
    /// <summary>Returns the network with a variable batch size, or with its fixed one if it mixes samples or may do so.</summary>
    /// <param name="model">The network. One whose batch size is already variable only gets the requested shapes.</param>
    /// <returns>A network with the symbol N as the first size of its inputs and outputs, if the proof succeeded.</returns>
    /// <exception cref="UnsuitableModelException">
    /// A requested shape differs in rank from that of the input, or shapes do not fit.
    /// </exception>
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

    /// <summary>Returns the network with a variable batch size; null if the proof fails.</summary>
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
            // Shapes only fit at the fixed batch size.
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

    /// <summary>Returns a symbol that occurs in no other size.</summary>
    private static string Symbol(Graph graph)
    {
        var symbol = "N";
        while (graph.Inputs.Any(input => input.Type.Shape.Any(size => size.Symbol?.Contains(symbol, StringComparison.Ordinal) == true)))
        {
            symbol += "_";
        }

        return symbol;
    }

    /// <summary>Makes reshapes of data copy the batch size. They get their own sizes, because others may share those of the file.</summary>
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

    /// <summary>Returns whether sample i of every output depends on sample i of the inputs alone.</summary>
    private static bool KeepsSamplesApart(Graph graph, InferredGraph before, InferredGraph after, Dimension symbol, long batch)
    {
        // The values whose first size is the batch, and the values that are computed from its size.
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

    /// <summary>Returns whether an operator takes the shape of its result from an input.</summary>
    private static bool IsShape(string @operator, int input) =>
        (@operator, input) is ("Reshape" or "Expand" or "Tile", 1) or ("ConstantOfShape", 0) or ("Resize", 3);
}
