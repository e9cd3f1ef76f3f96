using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>Represents a network before its classifier is added.</summary>
/// <param name="Layers">The graph with all layers up to the features.</param>
/// <param name="Features">The name of the features, (N, channels).</param>
/// <param name="Channels">The number of features.</param>
/// <param name="Linear">The name of the linear layer of a classifier, as in the checkpoints of the network.</param>
internal sealed record Trunk(LayerBuilder Layers, string Features, int Channels, string Linear)
{
    /// <summary>Completes the network with the features as its output.</summary>
    public Model Encoder() => Layers.Encoder(Features, Channels);

    /// <summary>Completes the network with a linear layer and the output "logits", (N, classes).</summary>
    public Model Classifier(int classes) => Layers.Classifier(Linear, Features, Channels, classes);
}
