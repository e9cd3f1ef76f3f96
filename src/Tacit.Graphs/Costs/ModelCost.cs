using System.Collections.Immutable;
using Tacit.Graphs.Operators;
using Tacit.Graphs.Passes;

namespace Tacit.Graphs.Costs;

/// <summary>The cost of one node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Output">The type of the first output at the sizes for which the cost was computed.</param>
/// <param name="Parameters">The number of learned elements that the node reads.</param>
/// <param name="MultiplyAccumulates">The number of multiply-accumulate operations (MACs) of one run.</param>
public sealed record NodeCost(Node Node, TensorType Output, long Parameters, long MultiplyAccumulates);

/// <summary>The cost of a network: parameters and bytes to store, multiply-accumulate operations to compute.</summary>
/// <example>
/// <code>
/// var cost = ModelCost.Of(model);      // ResNet-20 for CIFAR: 269,722 parameters, 40.6 M multiply-accumulates
/// long packed = cost.BytesAt(4);       // the size in bytes with 4-bit weights
/// </code>
/// </example>
public sealed record ModelCost
{
    private ModelCost() { }

    /// <summary>Gets the number of learned elements. A weight that several nodes share counts once.</summary>
    public required long Parameters { get; init; }

    /// <summary>Gets the number of elements that are observed in training, such as the running means of batch normalizations.</summary>
    public required long Statistics { get; init; }

    /// <summary>Gets the number of elements in the weights of convolutions and matrix products, which quantization makes smaller.</summary>
    public required long Weights { get; init; }

    /// <summary>Gets the number of bytes of all initializers in their current element types.</summary>
    public required long Bytes { get; init; }

    /// <summary>
    /// Gets the number of multiply-accumulate operations (MACs) of one run. Conv, ConvTranspose, Gemm, MatMul and Einsum are counted.
    /// </summary>
    public long MultiplyAccumulates => Nodes.Sum(node => node.MultiplyAccumulates);

    /// <summary>Gets the cost of each node, in the order of the graph.</summary>
    public required ImmutableArray<NodeCost> Nodes { get; init; }

    private long WeightBytes { get; init; }

    /// <summary>Computes the cost of one run.</summary>
    /// <remarks>A symbolic first dimension of an input is taken as the batch and counts as 1, wherever the symbol occurs.</remarks>
    /// <param name="model">The network.</param>
    /// <param name="inputs">Shapes that replace the declared shapes of the inputs, by name. Null keeps the declared shapes.</param>
    /// <exception cref="UnsuitableModelException">A relevant size is symbolic, or shapes do not fit.</exception>
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

    /// <summary>
    /// Returns the size in bytes with the elements of <see cref="Weights"/> packed at the given bit width. All other initializers keep
    /// their element types; the scales of a quantized network are not added.
    /// </summary>
    /// <param name="bits">The number of bits of one weight, from 1 to 32.</param>
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

        // A symbol has the same size in every input.
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
                $"{node}: the cost depends on symbolic sizes ({types[node.Output].Shape}); give the shapes of the inputs (parameter 'inputs')"
            )
            {
                Node = node.Name,
            };
        }
        catch (OverflowException exception)
        {
            throw new UnsuitableModelException($"{node}: its sizes overflow 64 bits", exception) { Node = node.Name };
        }
    }

    private static long Count(IEnumerable<Initializer> initializers, WeightRole role) =>
        initializers.Where(initializer => initializer.Role == role).Sum(initializer => initializer.Type.Shape.ElementCount);

    private static long BytesOf(Initializer initializer) => initializer.Type.Element.Bytes(initializer.Type.Shape.ElementCount);
}
