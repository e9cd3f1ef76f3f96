using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Quantization;

/// <summary>
/// Rounds every bias to the value that the export will store, so that the simulation computes what the exported file computes.
/// </summary>
/// <remarks>
/// <para>
/// The export holds a bias as a 32-bit integer in steps of input scale · weight scale; see <see cref="ChannelIntegers"/>. The rounding
/// error is far below a step of an activation. At 3 bits, however, one activation that rounds the other way changes many activations after
/// it.
/// </para>
/// <para>
/// A layer's own bias is moved by the rounding error. If a batch norm follows, its beta is moved instead, since the stored bias is that of
/// the folded layer.
/// </para>
/// </remarks>
/// <param name="storage">The storage of the export, which affects the weight scale. Default <see cref="WeightStorage.Int8"/>.</param>
public sealed class BiasRounding(WeightStorage storage = WeightStorage.Int8)
{
    /// <summary>Returns the network with rounded biases. The graph stays the same.</summary>
    /// <param name="model">A network with FakeQuantize nodes and observed ranges.</param>
    /// <returns>
    /// The network. Layers without a bias, without quantised weights or with an unquantised input keep their weights as they are.
    /// </returns>
    public Model Apply(Model model)
    {
        var graph = model.Graph;
        var moved = new Dictionary<string, TensorData>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes.Where(node => Operations.IsWeighted(node, graph)).Concat(Operations.LoneNorms(model).Keys))
        {
            var layer = FoldedLayer.Of(model, node);
            if (
                layer.Quantizer is null
                || Operations.GridOf(graph.Producer(Operations.Source(node.Inputs[0], model)), model) is not { } input
            )
            {
                continue;
            }

            var integers = ChannelIntegers.Of(layer, layer.Quantizer, input.Scale, storage);
            var held = integers.Bias.As<int>();
            var steps = integers.BiasScale.As<float>();
            var change = new double[layer.Bias.Length];
            for (var i = 0; i < change.Length; i++)
            {
                change[i] = held[i] * (double)steps[i] - layer.Bias[i];
            }

            if (layer.MovedBias(model, change) is var (name, bias))
            {
                moved[name] = bias;
            }
        }

        return new Model(graph, model.Weights.With(moved), model.Metadata);
    }
}
