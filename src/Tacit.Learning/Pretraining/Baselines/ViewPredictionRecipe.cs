using System.Collections.Immutable;
using Tacit.Learning.Clips;
using Tacit.Learning.Pretraining.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.Baselines;

/// <summary>A method that predicts the embedding of each of two clips of one video from the other, as BYOL and SimSiam do.</summary>
public abstract record ViewPredictionRecipe : PretrainingRecipe
{
    private protected ViewPredictionRecipe(int hiddenWidth, int embeddingWidth) =>
        (HiddenWidth, EmbeddingWidth) = (hiddenWidth, embeddingWidth);

    /// <summary>The width of the heads' hidden layers, at least 1. Default 4,096 (BYOL, section 3.3) or 2,048 (SimSiam, section 3).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int HiddenWidth
    {
        get;
        init => field = Require.AtLeast(1, value);
    }

    /// <summary>The width of the embeddings, at least 2. Default 256 (BYOL, section 3.3) or 2,048 (SimSiam, section 3).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int EmbeddingWidth
    {
        get;
        init => field = Require.AtLeast(2, value);
    }

    /// <inheritdoc/>
    public sealed override ImmutableArray<ClipView> Views => [new(Speed: 0), new(Speed: 0)];

    /// <inheritdoc/>
    public sealed override ImmutableArray<ProjectionHead> Heads => [Head];

    private ProjectionHead Head => new("projection", HiddenWidth, EmbeddingWidth, Predicts: true);

    /// <inheritdoc/>
    public sealed override IPretrainingMethod Create(ulong seed, Device device) => new ViewPrediction(Head);

    /// <inheritdoc/>
    public sealed override PretrainingRecipe ScaledTo(PretrainingPreset preset) =>
        preset switch
        {
            PretrainingPreset.Tiny => this with { HiddenWidth = 256, EmbeddingWidth = 64 },
            PretrainingPreset.Small => this with { HiddenWidth = 512, EmbeddingWidth = 128 },
            _ => this,
        };

    private sealed class ViewPrediction(ProjectionHead head) : IPretrainingMethod
    {
        public MethodLoss Loss(Embeddings online, Embeddings target, LoadedBatch batch) =>
            new(RegressionLoss.Forward(online[head.Prediction], target[head.Name]), ImmutableSortedDictionary<string, double>.Empty);

        public void Dispose() { }
    }
}
