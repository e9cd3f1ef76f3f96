using Tacit.Graphs.Operators;

namespace Tacit.Graphs.Passes.Quantization;

/// <summary>Moves every bias to where the export will hold it, so that the simulation computes what the exported file does.</summary>
/// <remarks>
/// An exported bias is a whole number of steps of input scale times weight scale. The difference is far below a step of an
/// activation, but at 3 bits one activation that rounds the other way changes many after it. A bias that a batch norm holds is
/// moved through the batch norm's beta.
/// </remarks>
public sealed class BiasRounding(WeightStorage storage = WeightStorage.Int8)
{
    /// <summary>The network with its biases moved.</summary>
    /// <param name="model">A network with FakeQuantize nodes and observed ranges.</param>
    public Model Apply(Model model)
    {
        var graph = model.Graph;
        var moved = new Dictionary<string, TensorData>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes.Where(node => Operations.IsWeighted(node, graph)).Concat(Operations.LoneNorms(model).Keys))
        {
            var layer = FoldedLayer.Of(model, node);
            var name = layer.Norm?.Inputs[2] ?? node.InputOrNull(2);
            if (
                name is null
                || layer.Quantizer is null
                || Operations.GridOf(graph.Producer(Operations.Source(node.Inputs[0], model)), model) is not { } input
                || model.Weights[name].Count != layer.Bias.Length
            )
            {
                continue;
            }

            var integers = ChannelIntegers.Of(layer, layer.Quantizer, input.Scale, storage);
            var held = integers.Bias.As<int>();
            var steps = integers.BiasScale.As<float>();
            var values = model.Weights[name].As<float>().ToArray();
            for (var i = 0; i < values.Length; i++)
            {
                var change = held[i] * (double)steps[i] - layer.Bias[i];
                values[i] = (float)(values[i] + change / (layer.Norm is null ? FoldedLayer.BiasFactor(node) : 1));
            }

            moved[name] = TensorData.Of<float>(values, model.Weights[name].Sizes.AsSpan());
        }

        return new Model(graph, model.Weights.With(moved), model.Metadata);
    }
}
