using System.Collections.Immutable;
using Tacit.Learning.Clips;
using TorchSharp;

namespace Tacit.Learning.Pretraining.Methods;

/// <summary>What BYOL and SimSiam do with two views of a video: the embedding of each is predicted from the other.</summary>
internal sealed class ViewPrediction(ProjectionHead head) : IPretrainingMethod
{
    public MethodLoss Loss(Embeddings online, Embeddings target, LoadedBatch batch) =>
        new(RegressionLoss.Forward(online[head.Prediction], target[head.Name]), ImmutableSortedDictionary<string, double>.Empty);

    public void Dispose() { }
}
