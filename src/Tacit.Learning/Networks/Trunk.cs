using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>A network but for its classifier.</summary>
/// <param name="Layers">The layers so far.</param>
/// <param name="Features">N x channels.</param>
/// <param name="Channels">The number of features.</param>
/// <param name="Linear">The name of the linear layer that would follow.</param>
internal sealed record Trunk(LayerBuilder Layers, string Features, int Channels, string Linear)
{
    public Model Encoder() => Layers.Encoder(Features, Channels);

    public Model Classifier(int classes) => Layers.Classifier(Linear, Features, Channels, classes);
}
