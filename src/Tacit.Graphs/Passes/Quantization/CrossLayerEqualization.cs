using System.Collections.Immutable;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Quantization;

/// <summary>Balances the ranges of the channels between layers, so that one grid fits all of them.</summary>
/// <remarks>
/// <para>
/// One grid covers all channels of an activation. If one channel is 200 times as large as the others, they are rounded to almost nothing. A
/// rectifier commutes with a positive factor, so channel c of a layer can be multiplied by s_c and the weights that read it divided by s_c,
/// and the network computes the same function (Nagel et al., "Data-Free Quantization through Weight Equalization and Bias Correction", ICCV
/// 2019).
/// </para>
/// <para>
/// Before: x → Layer(W1, b1) → Relu → Layer(W2). After: x → Layer(s · W1, s · b1) → Relu → Layer(W2 / s). If a batch norm follows the first
/// layer, its gamma and beta are multiplied instead, so its statistics stay.
/// </para>
/// <para>
/// Balancing helps the activation and costs the weights: a smaller channel needs larger weights behind it, and these share a grid too. With
/// a_c the largest magnitude of the channel, p_c its mean square, and w_c the largest weight that reads it, relative to the largest of the
/// same output channel, the factors are s_c = w_c^β / a_c^α. α and β are those of 0, 1/2 and 1 with the least noise at the results of the
/// readers, Σ_oc (W_oc / s_c)² · d² / 12 + Σ_oc s_c² · p_c · d_o² / 12, where d is the step of the activation's grid and d_o that of the
/// weights of output channel o. Channels are left as they are unless this halves the noise.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// var balanced = CrossLayerEqualization.Apply(model, Observe(CrossLayerEqualization.Values(model)), new BitWidths());
/// </code>
/// </example>
public static class CrossLayerEqualization
{
    // A channel that was never seen to be large gets no more of the grid than this.
    private const double LeastShare = 1.0 / 64;
    private const double LargestNoise = 0.5; // of that before
    private static readonly double[] Exponents = [0, 0.5, 1];

    /// <summary>
    /// Returns the values whose channels can be balanced, in the order of computation. Their axis 1 holds the channels.
    /// </summary>
    /// <param name="model">The float network in its canonical form.</param>
    public static ImmutableArray<string> Values(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return [.. Junction.In(model).Select(junction => junction.Value)];
    }

    /// <summary>Returns the network with balanced channels. It computes the same function, and its graph stays the same.</summary>
    /// <param name="model">The float network in its canonical form.</param>
    /// <param name="channels">The channels of values of <see cref="Values"/> on samples. Others are not balanced.</param>
    /// <param name="bits">The bits of weights and activations, whose noise is made small.</param>
    public static Model Apply(Model model, IReadOnlyDictionary<string, ImmutableArray<ChannelStatistics>> channels, BitWidths bits)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(channels);
        ArgumentNullException.ThrowIfNull(bits);
        foreach (var junction in Junction.In(model))
        {
            if (
                channels.TryGetValue(junction.Value, out var sizes)
                && sizes.Length == junction.Channels(model)
                && sizes.Any(size => size.Largest > 0)
                && junction.Factors(model, sizes, bits) is { } factors
            )
            {
                model = new Model(model.Graph, model.Weights.With(junction.Scaled(model, factors)), model.Metadata);
            }
        }

        return model;
    }

    /// <summary>A layer, the value that it gives after its batch norm and rectifier, and the layers that read it.</summary>
    private sealed record Junction(Node Layer, string Value, ImmutableArray<Node> Readers)
    {
        /// <summary>Finds the junctions of a network, in the order of computation.</summary>
        public static IEnumerable<Junction> In(Model model)
        {
            var graph = model.Graph;
            var shared = graph
                .Nodes.SelectMany(node => node.Inputs)
                .Where(graph.IsInitializer)
                .CountBy(name => name, StringComparer.Ordinal)
                .Where(entry => entry.Value > 1)
                .Select(entry => entry.Key)
                .ToHashSet(StringComparer.Ordinal);
            foreach (
                var layer in graph.Nodes.Where(node =>
                    node.Operator is "Conv" or "Gemm" && IsScalable(node, graph) && !node.Inputs.Any(shared.Contains)
                )
            )
            {
                var last = Operations.FoldedNorm(layer, graph) ?? layer;
                if (last.Inputs.Any(shared.Contains))
                {
                    continue;
                }

                while (!graph.IsOutput(last.Output) && graph.Consumers(last.Output) is [{ Operator: "Relu" or "LeakyRelu" } rectifier])
                {
                    last = rectifier;
                }

                var readers = ReadersOf(last.Output, graph, isVector: layer.Operator == "Gemm");
                if (!readers.IsDefaultOrEmpty && readers.All(reader => IsScalable(reader, graph) && !shared.Contains(reader.Inputs[1])))
                {
                    yield return new Junction(layer, last.Output, readers);
                }
            }
        }

        /// <summary>Returns the number of channels.</summary>
        public long Channels(Model model)
        {
            var weight = model.Weights[Layer.Inputs[1]];
            return weight.Sizes[Operations.OutputAxis(Layer, weight.Sizes.Length)];
        }

        /// <summary>Returns the factors with the least noise; null if the channels should stay as they are.</summary>
        public double[]? Factors(Model model, ImmutableArray<ChannelStatistics> sizes, BitWidths bits)
        {
            var weights = Readers.Select(reader => new LayerWeights(reader, model)).ToList();
            var largest = sizes.Max(size => size.Largest);
            var shares = sizes.Select(size => Math.Max(size.Largest / largest, LeastShare)).ToArray();
            var reads = weights.Select(weight => weight.Shares()).Aggregate((one, other) => [.. one.Zip(other, Math.Max)]);
            var (least, best) = (LargestNoise * Noise([.. shares.Select(_ => 1.0)]), (double[]?)null);
            foreach (var (alpha, beta) in Exponents.SelectMany(alpha => Exponents.Select(beta => (alpha, beta))))
            {
                double[] factors =
                [
                    .. shares.Zip(
                        reads,
                        (share, read) => read > 0 ? Math.Pow(Math.Max(read, LeastShare), beta) / Math.Pow(share, alpha) : 1
                    ),
                ];
                var noise = Noise(factors);
                (least, best) = noise < least ? (noise, factors) : (least, best);
            }

            return best;

            double Noise(double[] factors)
            {
                var step = sizes.Zip(factors, (size, factor) => size.Largest * factor).Max() / ((1 << bits.Activations) - 1);
                return weights.Sum(weight => weight.Noise(factors, sizes, step, (1 << (bits.Weights - 1)) - 1));
            }
        }

        /// <summary>Returns the weights with each channel multiplied by a factor, and those of its readers divided by it.</summary>
        public IEnumerable<KeyValuePair<string, TensorData>> Scaled(Model model, double[] factors)
        {
            var norm = Operations.FoldedNorm(Layer, model.Graph);
            foreach (var name in (norm is null ? Layer.Inputs.Skip(1) : norm.Inputs.Skip(1).Take(2)).Where(name => name.Length > 0))
            {
                var tensor = model.Weights[name];
                var axis = name == Layer.Inputs[1] ? Operations.OutputAxis(Layer, tensor.Sizes.Length) : tensor.Sizes.Length - 1;
                yield return KeyValuePair.Create(name, ChannelAxis.Scaled(tensor, axis, factors));
            }

            foreach (var reader in Readers)
            {
                var weight = new LayerWeights(reader, model);
                weight.ForEach((index, _, channel) => weight.Data[index] = (float)(weight.Data[index] / factors[channel]));
                yield return KeyValuePair.Create(reader.Inputs[1], TensorData.Of<float>(weight.Data, weight.Sizes));
            }
        }

        // Nodes that keep the channels apart and commute with positive factors may lie between.
        private static ImmutableArray<Node> ReadersOf(string value, Graph graph, bool isVector)
        {
            if (graph.IsOutput(value))
            {
                return default;
            }

            var readers = ImmutableArray.CreateBuilder<Node>();
            foreach (var node in graph.Consumers(value))
            {
                var keepsChannels =
                    node.Operator is "MaxPool" or "AveragePool" or "GlobalAveragePool" or "Identity" or "Dropout"
                    || (node.Operator == "Flatten" && isVector && node.Attributes.Int("axis", 1) == 1);
                if (keepsChannels)
                {
                    var behind = node.Outputs.Skip(1).Any(output => output.Length > 0)
                        ? default
                        : ReadersOf(node.Output, graph, isVector || node.Operator == "GlobalAveragePool");
                    if (behind.IsDefault)
                    {
                        return default;
                    }

                    readers.AddRange(behind);
                }
                else if (Operations.IsWeighted(node, graph) && node.Inputs[0] == value && (isVector || node.Operator == "Conv"))
                {
                    readers.Add(node);
                }
                else
                {
                    return default;
                }
            }

            return readers.ToImmutable();
        }

        private static bool IsScalable(Node node, Graph graph) =>
            Operations.IsWeighted(node, graph)
            && graph.IsInitializer(node.Inputs[1])
            && (node.Operator == "Conv" || graph.Initializers[node.Inputs[1]].Type.Shape.Rank == 2)
            && node.Attributes.Int("transA") == 0
            && (
                node.InputOrNull(2) is not { } bias
                || (graph.Initializers.TryGetValue(bias, out var values) && values.Type.Shape.ElementCount == Outputs(node, graph))
            );

        private static long Outputs(Node node, Graph graph)
        {
            var shape = graph.Initializers[node.Inputs[1]].Type.Shape;
            return shape[Operations.OutputAxis(node, shape.Rank)].Size;
        }
    }
}
