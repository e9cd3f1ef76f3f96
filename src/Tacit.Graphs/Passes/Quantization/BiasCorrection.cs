using System.Collections.Immutable;
using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Quantization;

/// <summary>Removes from each bias the mean error that rounding the weights of its layer causes on samples.</summary>
/// <remarks>
/// The result of a layer with rounded weights W + E is off by E · x. Its mean over the samples, E · mean(x), is constant, so the bias can
/// take it back (Nagel et al., "Data-Free Quantization through Weight Equalization and Bias Correction", ICCV 2019, section 4.2). It is
/// large where a layer subtracts almost equal numbers, as depth-wise edge filters do. Layers without a bias or a batch norm, and those that
/// share it, stay as they are.
/// </remarks>
/// <example>
/// <code>
/// var corrected = BiasCorrection.Apply(teacher, student, Observe(BiasCorrection.Values(teacher, student)));
/// </code>
/// </example>
public static class BiasCorrection
{
    /// <summary>Returns the values of the float network whose channels must be observed: the inputs of the layers with biases to correct.</summary>
    /// <param name="teacher">The float network.</param>
    /// <param name="student">The same network with FakeQuantize nodes.</param>
    public static ImmutableArray<string> Values(Model teacher, Model student) =>
        [.. Layers(teacher, student).Select(layer => layer.Float.Inputs[0]).Distinct()];

    /// <summary>Returns the quantised network with corrected biases. Its graph stays the same.</summary>
    /// <param name="teacher">The float network.</param>
    /// <param name="student">The same network with FakeQuantize nodes.</param>
    /// <param name="channels">
    /// The channels of <see cref="Values"/> on samples. A layer that reads another number of channels than are given is not corrected.
    /// </param>
    public static Model Apply(Model teacher, Model student, IReadOnlyDictionary<string, ImmutableArray<ChannelStatistics>> channels)
    {
        ArgumentNullException.ThrowIfNull(student);
        ArgumentNullException.ThrowIfNull(channels);
        var corrected = new Dictionary<string, TensorData>(StringComparer.Ordinal);
        foreach (var (layer, original) in Layers(teacher, student))
        {
            var weights = new LayerWeights(original, teacher);
            if (channels.TryGetValue(original.Inputs[0], out var inputs) && inputs.Length == weights.Channels)
            {
                var grids = layer.Quantizer!.Over(layer.Weight);
                var shift = new double[weights.Outputs];
                weights.ForEach(
                    (index, output, channel) =>
                    {
                        var weight = weights.Data[index];
                        shift[output] += (grids[output].Dequantize(grids[output].Quantize(weight)) - (double)weight) * inputs[channel].Mean;
                    }
                );
                var (name, bias) = layer.MovedBias(student, [.. shift.Zip(layer.Factors, (mean, factor) => -mean * factor)])!.Value;
                corrected[name] = bias;
            }
        }

        return new Model(student.Graph, student.Weights.With(corrected), student.Metadata);
    }

    private static IEnumerable<(FoldedLayer Layer, Node Float)> Layers(Model teacher, Model student)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(student);
        return FakeQuantizationInsertion
            .Layers(student.Graph)
            .Where(node => node.Attributes.Int("transA") == 0)
            .Select(node => FoldedLayer.Of(student, node))
            .Where(layer =>
                layer.Quantizer is not null
                && layer.BiasName is { } bias
                && student.Graph.Nodes.Sum(node => node.Inputs.Count(input => input == bias)) == 1
                && layer.MovedBias(student, new double[layer.Bias.Length]) is not null
            )
            .Select(layer => (layer, teacher.Graph.Producer(layer.Node.Output)!));
    }
}
