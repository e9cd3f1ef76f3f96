using System.Collections.Immutable;
using Tacit.Learning.Pretraining.AscNet;
using TorchSharp;

namespace Tacit.Learning.Pretraining.Baselines;

/// <summary>The options of <see cref="SimSiam"/>. Immutable; values are checked where they are set.</summary>
public sealed record SimSiamOptions
{
    /// <summary>The width of the heads' hidden layers, at least 1. Default 2,048 (SimSiam, section 3).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int HiddenWidth
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 2048;

    /// <summary>The width of the embeddings, at least 2. Default 2,048 (SimSiam, section 3).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int EmbeddingWidth
    {
        get;
        init => field = Require.AtLeast(2, value);
    } = 2048;
}

/// <summary>"Exploring Simple Siamese Representation Learning" (Chen and He 2021) on clips: a baseline.</summary>
/// <remarks>
/// L = -cos(p, stopgrad(z)), both ways, between two clips of one video at the same speed, here as 2 - 2 cos, which has twice
/// the gradient; z is the network's own.
/// </remarks>
public sealed class SimSiam(SimSiamOptions options) : IPretrainingMethod
{
    private readonly ProjectionHead _head = new("projection", options.HiddenWidth, options.EmbeddingWidth, Predicts: true);

    /// <inheritdoc/>
    public ImmutableArray<ClipView> Views => [new(Speed: 0), new(Speed: 0)];

    /// <inheritdoc/>
    public ImmutableArray<ProjectionHead> Heads => [_head];

    /// <inheritdoc/>
    public TargetNetwork Target => TargetNetwork.None;

    /// <inheritdoc/>
    public MethodLoss Loss(Embeddings online, Embeddings target, PretrainingBatch batch) =>
        new(AppearanceConsistency.Forward(online[_head.Prediction], target[_head.Name]), ImmutableSortedDictionary<string, double>.Empty);

    /// <inheritdoc/>
    public void Dispose() { }
}
