using System.Collections.Immutable;
using Tacit.Learning.Clips;
using Tacit.Learning.Pretraining.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.Baselines;

/// <summary>Base class of methods that predict the embedding of a clip from another clip of its video: BYOL and SimSiam.</summary>
/// <remarks>
/// Both clips have the same speed. The methods differ in the target network and in the default widths. Both have negative-free losses; see
/// <see cref="RegressionLoss"/>.
/// </remarks>
public abstract record ViewPredictionRecipe : PretrainingRecipe
{
    /// <summary>Sets the default widths of a method.</summary>
    /// <param name="hiddenWidth">The default of <see cref="HiddenWidth"/>.</param>
    /// <param name="embeddingWidth">The default of <see cref="EmbeddingWidth"/>.</param>
    private protected ViewPredictionRecipe(int hiddenWidth, int embeddingWidth) =>
        (HiddenWidth, EmbeddingWidth) = (hiddenWidth, embeddingWidth);

    /// <summary>
    /// The width of the hidden layers of head and predictor, at least 1. Default 4,096 for BYOL (section 3.3) and 2,048 for SimSiam
    /// (section 3).
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int HiddenWidth
    {
        get;
        init => field = Require.AtLeast(1, value);
    }

    /// <summary>The width of the embeddings, at least 2. Default 256 for BYOL (section 3.3) and 2,048 for SimSiam (section 3).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 2.</exception>
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

    /// <summary>Computes the regression loss of a head in both directions. It has no memory.</summary>
    private sealed class ViewPrediction(ProjectionHead head) : IPretrainingMethod
    {
        /// <inheritdoc/>
        public MethodLoss Loss(Embeddings online, Embeddings target, LoadedBatch batch) =>
            new(RegressionLoss.Forward(online[head.Prediction], target[head.Name]), ImmutableSortedDictionary<string, double>.Empty);

        /// <inheritdoc/>
        public void Dispose() { }
    }
}
