using System.Collections.Immutable;
using Tacit.Graphs.Operators;
using Tacit.Graphs.Rewriting;

namespace Tacit.Graphs.Costs;

/// <summary>The cost of one node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Output">The type of its first output, at the sizes that were costed.</param>
/// <param name="Parameters">The elements of the learnt weights that it reads.</param>
/// <param name="MultiplyAccumulates">The multiplications, each with an addition, of one run.</param>
public sealed record NodeCost(Node Node, TensorType Output, long Parameters, long MultiplyAccumulates);

/// <summary>What a network costs: weights to store, multiplications to compute.</summary>
/// <example><code>
/// var cost = ModelCost.Of(model);      // ResNet-20 for CIFAR: 269,722 parameters, 40.6 M multiply-accumulates
/// long packed = cost.BytesAt(4);       // its weights in 4 bits
/// </code></example>
public sealed record ModelCost
{
    private ModelCost() { }

    /// <summary>The learnt elements; a weight that several nodes share counts once.</summary>
    public required long Parameters { get; init; }

    /// <summary>The elements observed in training, such as the running means of batch norms.</summary>
    public required long Statistics { get; init; }

    /// <summary>The parameters that convolutions and matrix products multiply by: those that quantisation makes smaller.</summary>
    public required long Weights { get; init; }

    /// <summary>The bytes of all initializers as stored.</summary>
    public required long Bytes { get; init; }

    /// <summary>The multiplications, each with an addition, of one run: those of Conv, ConvTranspose, Gemm, MatMul and Einsum.</summary>
    public long MultiplyAccumulates => Nodes.Sum(node => node.MultiplyAccumulates);

    /// <summary>The cost of each node, in order.</summary>
    public required ImmutableArray<NodeCost> Nodes { get; init; }

    private long WeightBytes { get; init; }

    /// <summary>The cost of one run. A symbolic first dimension of an input, the batch, counts as 1.</summary>
    /// <param name="model">The network.</param>
    /// <param name="inputs">Shapes that take the place of the declared ones, by name.</param>
    /// <exception cref="UnsuitableModelException">A size that matters is symbolic, or shapes do not fit.</exception>
    /// <exception cref="UnsupportedOperatorException">The network has an operator without a schema.</exception>
    public static ModelCost Of(Model model, IReadOnlyDictionary<string, Shape>? inputs = null)
    {
        var types = ShapeInference.Infer(model, AtBatchOne(model.Graph, inputs));
        var initializers = model.Graph.Initializers.Values;
        var weights = model
            .Graph.Nodes.Where(node => Operations.IsWeighted(node, model.Graph))
            .Select(node => model.Graph.Initializers[Operations.WeightSource(node, model.Graph)])
            .Distinct()
            .ToList();
        return new ModelCost
        {
            Parameters = Count(initializers, WeightRole.Parameter),
            Statistics = Count(initializers, WeightRole.Statistic),
            Weights = weights.Sum(weight => weight.Type.Shape.ElementCount),
            WeightBytes = weights.Sum(BytesOf),
            Bytes = initializers.Sum(BytesOf),
            Nodes = [.. model.Graph.Nodes.Select(node => CostOf(node, model.Graph, types))],
        };
    }

    /// <summary>The bytes of all initializers with <see cref="Weights"/> at the given bits, and the others as stored.</summary>
    /// <param name="bits">The bits of one weight, 1 to 32.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bits"/> is out of range.</exception>
    public long BytesAt(int bits)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 32);
        return Bytes - WeightBytes + (Weights * bits + 7) / 8;
    }

    private static Dictionary<string, Shape> AtBatchOne(Graph graph, IReadOnlyDictionary<string, Shape>? given)
    {
        var shapes = graph.Inputs.ToDictionary(input => input.Name, input => input.Type.Shape, StringComparer.Ordinal);
        foreach (var (name, shape) in given ?? new Dictionary<string, Shape>())
        {
            shapes[name] = shape;
        }

        // One symbol stands for one size, in whichever input it comes.
        var batches = shapes.Values.Where(shape => shape.Rank > 0 && !shape[0].IsKnown).Select(shape => shape[0]).ToHashSet();
        return shapes.ToDictionary(
            input => input.Key,
            input => new Shape([.. input.Value.Select(size => batches.Contains(size) ? 1 : size)]),
            StringComparer.Ordinal
        );
    }

    private static NodeCost CostOf(Node node, Graph graph, IReadOnlyDictionary<string, TensorType> types)
    {
        try
        {
            var parameters = node.Inputs.Distinct().Select(input => graph.Initializers.GetValueOrDefault(input)).OfType<Initializer>();
            return new NodeCost(
                node,
                types[node.Output],
                Count(parameters, WeightRole.Parameter),
                OperatorSchemas
                    .Get(node)
                    .MultiplyAccumulates(
                        node,
                        [.. node.Inputs.Select(input => types.GetValueOrDefault(input))],
                        [.. node.Outputs.Where(output => output.Length > 0).Select(output => types[output])]
                    )
            );
        }
        catch (InvalidOperationException)
        {
            throw new UnsuitableModelException(
                $"{node}: the cost depends on symbolic sizes ({types[node.Output].Shape}); give the sizes of the inputs (--input-shape)"
            )
            {
                Node = node.Name,
            };
        }
        catch (OverflowException exception)
        {
            throw new UnsuitableModelException($"{node}: its sizes are beyond 64 bits", exception) { Node = node.Name };
        }
    }

    private static long Count(IEnumerable<Initializer> initializers, WeightRole role) =>
        initializers.Where(initializer => initializer.Role == role).Sum(initializer => initializer.Type.Shape.ElementCount);

    private static long BytesOf(Initializer initializer) => initializer.Type.Element.Bytes(initializer.Type.Shape.ElementCount);
}
