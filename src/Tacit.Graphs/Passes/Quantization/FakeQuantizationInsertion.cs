using System.Collections.Immutable;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Quantization;

/// <summary>Puts a FakeQuantize node on every weight and activation that an integer kernel will read or write.</summary>
/// <remarks>
/// Weights are quantised per output channel over their own minimum and maximum, recomputed from the live weights, see
/// <see cref="Quantizer.OfWeights"/>. Activations
/// are quantised per tensor with the bits of <see cref="BitWidths.Activations"/> after every activation function, as in the
/// paper. Deployment quantisers of 8 bits go wherever a kernel would otherwise read or write a float: the network's input,
/// a residual body before its sum, pooled features, the operands of a gate. A value that only moves (slice, pad, reshape)
/// shares the quantiser of its source. The result of the last layer stays float.
/// Ranges are initializers of role <see cref="WeightRole.Statistic"/>, named after the value, and start as [0, 1].
/// </remarks>
public sealed class FakeQuantizationInsertion(BitWidths bits)
{
    /// <summary>The name of the lower end of a value's range.</summary>
    public static string LowOf(string value) => value + ".low";

    /// <summary>The name of the upper end of a value's range.</summary>
    public static string HighOf(string value) => value + ".high";

    /// <summary>The network with its quantisers. The names of all values stay.</summary>
    /// <exception cref="UnsuitableModelException">The network has no layer with weights.</exception>
    public Model Apply(Model model)
    {
        var graph = model.Graph;
        var layers = Layers(graph);
        if (layers.IsEmpty)
        {
            throw new UnsuitableModelException("the network has no convolution and no linear layer: there is nothing to quantise");
        }

        var builder = new GraphBuilder(model);
        var activations = Activations(model);
        CheckNames(layers, activations);
        var inputs = activations.ToDictionary(StringComparer.Ordinal);
        foreach (var sharing in layers.GroupBy(layer => layer.Inputs[1]))
        {
            var asked = sharing.Select(layer => Given(layer, layers)).FirstOrDefault(given => given is not null) ?? bits.Weights;
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

    /// <summary>The bits that the options give to this very layer, by its name or as the first or last; null where it has those of all.</summary>
    /// <param name="layer">One of <paramref name="layers"/>.</param>
    /// <param name="layers">All layers: see <see cref="Layers"/>.</param>
    public int? Given(Node layer, ImmutableArray<Node> layers) =>
        bits.NamedFor(layer) ?? (layer == layers[0] || layer == layers[^1] ? bits.FirstAndLast : null);

    /// <summary>The layers whose weights are quantised, in the order of computation.</summary>
    public static ImmutableArray<Node> Layers(Graph graph) => [.. graph.Nodes.Where(node => Operations.IsWeighted(node, graph))];

    /// <summary>The quantisers of activations that stand in a network, whose inputs are the activation and its range.</summary>
    public static ImmutableArray<(Node Node, Quantizer Quantizer)> OfActivations(Graph graph) =>
        [.. graph.Nodes.Select(node => (node, Quantizer.Of(node)!)).Where(pair => pair.Item2 is { Axis: null })];

    /// <summary>The activations that are quantised, with their bits, in the order of computation.</summary>
    public ImmutableArray<KeyValuePair<string, int>> Activations(Model model)
    {
        var graph = model.Graph;
        var types = ShapeInference.Infer(model);
        var quantized = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
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
            // Sizes, too, are joined and multiplied.
            if (
                types[value].Element == ElementType.Float32
                && !graph.IsInitializer(value)
                && !graph.IsOutput(value)
                && !Operations.OnlyLeaves(value, model)
            )
            {
                var activation = graph.Producer(value) is { } producer && Operations.IsActivation(producer, graph);
                quantized[value] = bits.NamedFor(value) ?? (activation ? bits.Activations : BitWidths.Deployment);
            }
        }

        // What a kernel hands on once a batch norm is folded into it and a rectifier is left to the quantiser's clamping.
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

    private void CheckNames(ImmutableArray<Node> layers, ImmutableArray<KeyValuePair<string, int>> activations)
    {
        foreach (var named in bits.Named)
        {
            if (!layers.Any(layer => BitWidths.IsFor(named, layer)) && !activations.Any(activation => named.Matches(activation.Key)))
            {
                throw new UnsuitableModelException(
                    $"no layer and no activation is named {named.Name}; layers are {string.Join(", ", layers.Select(layer => layer.Name))}"
                );
            }
        }
    }

    private static void QuantizeWeight(GraphBuilder builder, Node layer, int bits, int largest)
    {
        var weight = layer.Inputs[1];
        var axis = Operations.OutputAxis(layer, builder.Data(weight).Sizes.Length);
        var quantizer = Quantizer.OfWeights(bits, axis, largest);
        var quantized = builder.Add(Quantizer.Operator, [weight], quantizer.ToAttributes(), weight + ".quantized");
        builder.Redirect(weight, quantized, node => node.Output != quantized && node.Operator == layer.Operator);
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
