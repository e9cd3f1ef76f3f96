using System.Collections.Immutable;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Quantization;

/// <summary>Inserts a FakeQuantize node after every weight and activation that an integer kernel will read or write.</summary>
/// <remarks>
/// <para>Before: x → Conv(W) → Relu → y. After: x → FakeQuantize → Conv(FakeQuantize(W)) → Relu → FakeQuantize → y.</para>
/// <list type="bullet">
/// <item>
/// Weights are quantised per output channel over their own minimum and maximum; see <see cref="Quantizer.OfWeights"/>. The range is
/// recomputed whenever the weights change. Weights that several layers share are quantised once.
/// </item>
/// <item>
/// Activations are quantised per tensor with <see cref="BitWidths.Activations"/> bits after every activation function, as in HAST (CVPR
/// 2023).
/// </item>
/// <item>
/// Further quantisers of <see cref="BitWidths.Deployment"/> bits go wherever a kernel would otherwise read or write a float: on the input
/// of the network, on a residual branch before its sum, on pooled features and on the operands of a gate.
/// </item>
/// <item>A value that is only sliced, padded or reshaped shares the quantiser of its source.</item>
/// <item>
/// The result of a convolution is quantised after its batch norm and rectifier. The results of the last layers, and what is computed from
/// them, stay in float.
/// </item>
/// <item>The nodes that <see cref="BitWidths.Float"/> names stay in float.</item>
/// </list>
/// <para>
/// The range of an activation consists of two scalar initializers of role <see cref="WeightRole.Statistic"/>, see <see cref="LowOf"/> and
/// <see cref="HighOf"/>. They start as 0 and 1 and have to be observed before the network is used.
/// </para>
/// </remarks>
/// <param name="bits">The bits of weights and activations.</param>
public sealed class FakeQuantizationInsertion(BitWidths bits)
{
    /// <summary>
    /// Returns the name of the initializer that holds the lower end of an activation's range: the value's name and ".low".
    /// </summary>
    public static string LowOf(string value) => value + ".low";

    /// <summary>
    /// Returns the name of the initializer that holds the upper end of an activation's range: the value's name and ".high".
    /// </summary>
    public static string HighOf(string value) => value + ".high";

    /// <summary>
    /// Returns the network with its quantisers. All values keep their names; quantised values are named with ".quantized".
    /// </summary>
    /// <param name="model">The network in its canonical form. Its batch norms need not be folded.</param>
    /// <exception cref="UnsuitableModelException">
    /// The network has no layer with weights, or a pattern in <see cref="BitWidths.Named"/> or <see cref="BitWidths.Float"/> matches nothing.
    /// </exception>
    public Model Apply(Model model)
    {
        var graph = model.Graph;
        var all = Layers(graph);
        ImmutableArray<Node> layers = [.. all.Where(layer => !bits.IsFloat(layer))];
        if (layers.IsEmpty)
        {
            throw new UnsuitableModelException(
                all.IsEmpty
                    ? "the network has no convolution and no linear layer: there is nothing to quantise"
                    : $"all {all.Length} layers are kept in float: there is nothing to quantise"
            );
        }

        var builder = new GraphBuilder(model);
        var activations = Activations(model);
        CheckNames(all, activations, graph);
        var inputs = activations.ToDictionary(StringComparer.Ordinal);
        foreach (var sharing in layers.GroupBy(layer => layer.Inputs[1]))
        {
            var asked = sharing.Select(layer => Given(layer, all)).FirstOrDefault(given => given is not null) ?? bits.Weights;
            QuantizeWeight(
                builder,
                sharing.First(),
                asked,
                sharing.Min(layer =>
                    LargestWeight(inputs.GetValueOrDefault(Operations.Source(layer.Inputs[0], model), BitWidths.Deployment))
                )
            );
        }

        foreach (var (value, width) in activations)
        {
            QuantizeActivation(builder, value, width);
        }

        return builder.Build();
    }

    /// <summary>Returns the bits that the options assign to an individual layer, by its name or as the first or last layer.</summary>
    /// <param name="layer">One of <paramref name="layers"/>.</param>
    /// <param name="layers">All layers; see <see cref="Layers"/>.</param>
    /// <returns>
    /// The bits; null if the layer has <see cref="BitWidths.Weights"/> bits like most others. A bit search may change only those.
    /// </returns>
    public int? Given(Node layer, ImmutableArray<Node> layers) =>
        bits.NamedFor(layer) ?? (layer == layers[0] || layer == layers[^1] ? bits.FirstAndLast : null);

    /// <summary>Returns the layers whose weights are quantised, in the order of computation.</summary>
    public static ImmutableArray<Node> Layers(Graph graph) => [.. graph.Nodes.Where(node => Operations.IsWeighted(node, graph))];

    /// <summary>Returns the activation quantisers of a network, in the order of computation.</summary>
    /// <param name="graph">
    /// A graph after <see cref="Apply"/>. The inputs of each node are the activation and the two ends of its range.
    /// </param>
    public static ImmutableArray<(Node Node, Quantizer Quantizer)> OfActivations(Graph graph) =>
        [.. graph.Nodes.Select(node => (node, Quantizer.Of(node)!)).Where(pair => pair.Item2 is { Axis: null })];

    /// <summary>Returns the names of the values that <see cref="Apply"/> quantises, with their bits, in the order of computation.</summary>
    /// <param name="model">The network without quantisers.</param>
    /// <remarks>
    /// Only Float32 values are quantised. Values that only lead to outputs stay in float. An output that layers read as well is in float as
    /// an output, and quantised for them.
    /// </remarks>
    public ImmutableArray<KeyValuePair<string, int>> Activations(Model model)
    {
        var graph = model.Graph;
        var types = ShapeInference.Infer(model);
        var quantized = new Dictionary<string, int>(StringComparer.Ordinal);
        var tail = Operations.Tail(graph);
        foreach (var node in graph.Nodes.Where(node => !bits.IsFloat(node)))
        {
            if (Operations.IsActivation(node, graph))
            {
                Mark(node.Output);
            }

            if (Operations.HasIntegerKernel(node, graph))
            {
                foreach (var operand in Operations.IsWeighted(node, graph) ? node.Inputs.Take(1) : node.Inputs)
                {
                    Mark(Operations.Source(operand, model));
                }

                Mark(Result(node));
            }
        }

        var order = graph.Inputs.Select(input => input.Name).Concat(graph.Nodes.SelectMany(node => node.Outputs));
        return [.. order.Where(quantized.ContainsKey).Select(value => KeyValuePair.Create(value, quantized[value]))];

        void Mark(string value)
        {
            // Sizes of reshapes are Int64 values, which are also concatenated and multiplied.
            if (types[value].Element == ElementType.Float32 && !graph.IsInitializer(value) && !tail.Contains(value))
            {
                var activation = graph.Producer(value) is { } producer && Operations.IsActivation(producer, graph);
                quantized[value] = bits.NamedFor(value) ?? (activation ? bits.Activations : BitWidths.Deployment);
            }
        }

        // The value behind a node's batch norm, which is folded into it, and its rectifier, which the quantiser's clamping replaces.
        string Result(Node node)
        {
            while (
                graph.Consumers(node.Output) is [var next]
                && !graph.IsOutput(node.Output)
                && (
                    (next.Operator == "BatchNormalization" && node.Operator is "Conv")
                    || (Operations.IsRectifier(next) && node.Operator != "Relu")
                )
            )
            {
                node = next;
            }

            return node.Output;
        }
    }

    private int LargestWeight(int inputBits) =>
        bits.Range == WeightRange.Full ? sbyte.MaxValue : SaturationBound.LargestWeight((1 << inputBits) - 1);

    private void CheckNames(ImmutableArray<Node> layers, ImmutableArray<KeyValuePair<string, int>> activations, Graph graph)
    {
        if (bits.Float.FirstOrDefault(pattern => !graph.Nodes.Any(node => BitWidths.IsFor(pattern, node))) is { } unknown)
        {
            throw new UnsuitableModelException(
                $"no node to keep in float is named {unknown}; layers are {string.Join(", ", layers.Select(layer => layer.Name))}"
            );
        }

        foreach (var named in bits.Named)
        {
            if (!layers.Any(layer => BitWidths.IsFor(named.Name, layer)) && !activations.Any(activation => named.Matches(activation.Key)))
            {
                throw new UnsuitableModelException(
                    $"no layer and no activation is named {named.Name}; layers are {string.Join(", ", layers.Select(layer => layer.Name))}"
                );
            }
        }
    }

    private void QuantizeWeight(GraphBuilder builder, Node layer, int width, int largest)
    {
        var weight = layer.Inputs[1];
        var axis = Operations.OutputAxis(layer, builder.Data(weight).Sizes.Length);
        var quantizer = Quantizer.OfWeights(width, axis, largest);
        var quantized = builder.Add(Quantizer.Operator, [weight], quantizer.ToAttributes(), weight + ".quantized");
        builder.Redirect(weight, quantized, node => node.Output != quantized && node.Operator == layer.Operator && !bits.IsFloat(node));
    }

    private static void QuantizeActivation(GraphBuilder builder, string value, int bits)
    {
        var low = builder.Initializer(LowOf(value), TensorData.Scalar(0f), WeightRole.Statistic);
        var high = builder.Initializer(HighOf(value), TensorData.Scalar(1f), WeightRole.Statistic);
        var quantizer = new Quantizer { Bits = bits };
        var quantized = builder.Add(Quantizer.Operator, [value, low, high], quantizer.ToAttributes(), value + ".quantized");
        builder.Redirect(value, quantized, node => node.Output != quantized);
    }
}
