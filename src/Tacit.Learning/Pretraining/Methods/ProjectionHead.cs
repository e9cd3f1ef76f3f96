using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Learning.Execution;
using Tacit.Learning.Networks;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.Methods;

/// <summary>A head on the features of an encoder: a projection into an embedding space, and optionally a predictor.</summary>
/// <remarks>
/// Projection and predictor are each Linear → batch norm → ReLU → Linear (BYOL, Grill et al. 2020, section 3.1). Without a hidden layer,
/// the projection is one linear layer, as in RSPNet's code. The graph gets the outputs "{name}" and "{name}.prediction", (N, Width) each.
/// </remarks>
/// <param name="Name">The name of the embedding space, for example "appearance".</param>
/// <param name="Hidden">The width of the hidden layers; 0 for none.</param>
/// <param name="Width">The width of the embeddings.</param>
/// <param name="Predicts">Whether the head has a predictor.</param>
public sealed record ProjectionHead(string Name, int Hidden, int Width, bool Predicts)
{
    /// <summary>The name of the output with the predictions.</summary>
    public string Prediction => $"{Name}.prediction";

    /// <summary>Adds heads to an encoder.</summary>
    /// <param name="encoder">A network with one output, the features (N, D).</param>
    /// <param name="heads">The heads.</param>
    /// <param name="seed">The seed of their weights.</param>
    /// <returns>The network, whose outputs are the features and the embeddings and predictions of every head.</returns>
    /// <exception cref="UnsuitableModelException">The network does not have such an output.</exception>
    public static Model Append(Model encoder, ImmutableArray<ProjectionHead> heads, ulong seed)
    {
        if (NetworkContract.Of(encoder).Outputs is not [VectorOutput { Length: { } length, Value.Name: var features }])
        {
            throw new UnsuitableModelException($"{encoder.Graph.Name} is no encoder: it must have one output, features of N x D");
        }

        var layers = new LayerBuilder(encoder.Graph.Name, seed) { Graph = new GraphBuilder(encoder) };
        foreach (var head in heads)
        {
            var embedding = head.Layers(layers, head.Name, head.Name, features, length);
            layers.Graph.Output(embedding, new Shape("N", head.Width));
            if (head.Predicts)
            {
                layers.Graph.Output(
                    head.Layers(layers, $"{head.Name}.predictor", head.Prediction, embedding, head.Width),
                    new Shape("N", head.Width)
                );
            }
        }

        return layers.Graph.Build();
    }

    private string Layers(LayerBuilder layers, string name, string output, string input, int inputs)
    {
        if (Hidden == 0)
        {
            return layers.Linear($"{name}.linear", output, input, inputs, Width);
        }

        var value = layers.Linear($"{name}.linear1", $"{name}.linear1", input, inputs, Hidden); // (N, Hidden)
        value = layers.Relu($"{name}.relu", layers.Norm($"{name}.bn1", value, Hidden));
        return layers.Linear($"{name}.linear2", output, value, Hidden, Width); // (N, Width)
    }
}

/// <summary>The embeddings of a batch: unit vectors by the name of the head's output.</summary>
public sealed class Embeddings
{
    private readonly Dictionary<string, Tensor> _unit = new(StringComparer.Ordinal);

    /// <summary>Divides the outputs of a network by their Euclidean norms, in Float32 and in the current dispose scope.</summary>
    /// <param name="outputs">The outputs of the network, (rows, Width) each.</param>
    /// <param name="heads">The heads whose embeddings and predictions are taken.</param>
    internal Embeddings(Activations outputs, ImmutableArray<ProjectionHead> heads)
    {
        foreach (var name in heads.SelectMany(head => head.Predicts ? new[] { head.Name, head.Prediction } : [head.Name]))
        {
            _unit.Add(name, nn.functional.normalize(outputs[name].to(ScalarType.Float32), p: 2, dim: 1)); // (V·B, Width)
        }
    }

    private Embeddings(IEnumerable<KeyValuePair<string, Tensor>> unit) => _unit = new(unit, StringComparer.Ordinal);

    /// <summary>Returns the same embeddings without a gradient.</summary>
    internal Embeddings Detached() => new(_unit.Select(entry => KeyValuePair.Create(entry.Key, entry.Value.detach())));

    /// <summary>Returns the unit vectors of an output, one row for each clip.</summary>
    /// <param name="output"><see cref="ProjectionHead.Name"/> or <see cref="ProjectionHead.Prediction"/> of a head.</param>
    public Tensor this[string output] => _unit[output];
}
