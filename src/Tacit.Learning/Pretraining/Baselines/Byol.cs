using System.Collections.Immutable;
using Tacit.Learning.Pretraining.AscNet;
using TorchSharp;

namespace Tacit.Learning.Pretraining.Baselines;

/// <summary>The options of <see cref="Byol"/>. Immutable; values are checked where they are set.</summary>
public sealed record ByolOptions
{
    /// <summary>The width of the heads' hidden layers, at least 1. Default 4,096 (BYOL, section 3.3).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int HiddenWidth
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 4096;

    /// <summary>The width of the embeddings, at least 2. Default 256 (BYOL, section 3.3).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int EmbeddingWidth
    {
        get;
        init => field = Require.AtLeast(2, value);
    } = 256;
}

/// <summary>"Bootstrap Your Own Latent" (Grill et al. 2020) on clips: a baseline.</summary>
/// <remarks>
/// L = ||q(z) - z'||² of unit vectors, both ways, between two clips of one video at the same speed; z' is the momentum
/// network's.
/// </remarks>
public sealed class Byol(ByolOptions options) : IPretrainingMethod
{
    private readonly ProjectionHead _head = new("projection", options.HiddenWidth, options.EmbeddingWidth, Predicts: true);

    /// <inheritdoc/>
    public ImmutableArray<ClipView> Views => [new(Speed: 0), new(Speed: 0)];

    /// <inheritdoc/>
    public ImmutableArray<ProjectionHead> Heads => [_head];

    /// <inheritdoc/>
    public TargetNetwork Target => TargetNetwork.Momentum;

    /// <inheritdoc/>
    public MethodLoss Loss(Embeddings online, Embeddings target, PretrainingBatch batch) =>
        new(AppearanceConsistency.Forward(online[_head.Prediction], target[_head.Name]), ImmutableSortedDictionary<string, double>.Empty);

    /// <inheritdoc/>
    public void Dispose() { }
}
