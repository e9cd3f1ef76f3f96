using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Learning.Clips;
using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using Tacit.Learning.Pretraining.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.Baselines;

/// <summary>"RSPNet: Relative Speed Perception for Unsupervised Video Representation Learning" (Chen et al., AAAI 2021): a baseline.</summary>
/// <remarks>
/// Three clips of each video: the query, a key of the same speed and a key of another speed. Appearance is learnt by contrast:
/// both keys against the queue of earlier same-speed keys (A-VID, InfoNCE). Speed is learnt by ranking: the query is nearer to the key of its
/// speed than to the other, by a margin (RSP). Keys are the momentum network's. Each head is one linear layer.
/// </remarks>
public sealed record RspNetRecipe : PretrainingRecipe
{
    internal const string Appearance = "appearance";
    internal const string Speed = "speed";

    /// <summary>K, the keys of earlier batches that serve as negatives, at least 1. Default 16,384 (RSPNet's code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int QueueCapacity
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 16384;

    /// <summary>T, what similarities are divided by, above 0. Default 0.07 (RSPNet's code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Temperature
    {
        get;
        init => field = Require.Positive(value);
    } = 0.07;

    /// <summary>The margin of the ranking, on similarities already divided by T, at least 0. Default 2 (RSPNet's code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double Margin
    {
        get;
        init => field = Require.AtLeast(0, value);
    } = 2;

    /// <summary>The width of the embeddings, at least 2. Default 128 (RSPNet's code).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int EmbeddingWidth
    {
        get;
        init => field = Require.AtLeast(2, value);
    } = 128;

    /// <inheritdoc/>
    public override string Name => "rspnet";

    /// <inheritdoc/>
    public override string Title => "RSPNet";

    /// <inheritdoc/>
    public override ImmutableArray<ClipView> Views =>
        [new(Speed: 0, Targets: false), new(Speed: 0, Learns: false), new(Speed: 1, Learns: false)];

    /// <inheritdoc/>
    public override ImmutableArray<ProjectionHead> Heads =>
        [new(Appearance, 0, EmbeddingWidth, Predicts: false), new(Speed, 0, EmbeddingWidth, Predicts: false)];

    /// <inheritdoc/>
    public override TargetNetwork TargetNetwork => TargetNetwork.Momentum;

    /// <inheritdoc/>
    public override int LargestBatch => QueueCapacity;

    /// <summary>The constant 0.999 of RSPNet's code.</summary>
    public override ExponentialMovingAverageOptions PublishedMomentum => new() { FirstMomentum = 0.999, LastMomentum = 0.999 };

    /// <inheritdoc/>
    public override IPretrainingMethod Create(ulong seed, Device device) => new RspNet(this, device);

    /// <inheritdoc/>
    public override PretrainingRecipe ScaledTo(PretrainingPreset preset) =>
        preset switch
        {
            PretrainingPreset.Tiny => this with { QueueCapacity = 1024, EmbeddingWidth = 64 },
            PretrainingPreset.Small => this with { QueueCapacity = 4096 },
            _ => this,
        };
}

/// <summary>RSPNet's loss, and the queue of keys.</summary>
internal sealed class RspNet(RspNetRecipe recipe, Device device) : IPretrainingMethod
{
    private readonly Tensor _queue = zeros(recipe.QueueCapacity, recipe.EmbeddingWidth, device: device).DetachFromDisposeScope(); // (K, d), unit vectors
    private long _added;

    public MethodLoss Loss(Embeddings online, Embeddings target, LoadedBatch batch)
    {
        var (appearance, speed) = (online[RspNetRecipe.Appearance], online[RspNetRecipe.Speed]); // (B, d)
        var (same, other) = Halves(target[RspNetRecipe.Appearance]);
        var (sameSpeed, otherSpeed) = Halves(target[RspNetRecipe.Speed]);
        var contrast = Contrast(appearance, same) + Contrast(appearance, other);
        var ranking = Ranking(Similarity(speed, sameSpeed), Similarity(speed, otherSpeed), batch);
        Enqueue(same);
        return new MethodLoss(
            contrast + ranking,
            new Dictionary<string, double>(StringComparer.Ordinal)
            {
                ["appearance"] = contrast.ToDouble(),
                ["speed"] = ranking.ToDouble(),
            }.ToImmutableSortedDictionary(StringComparer.Ordinal)
        );
    }

    public IEnumerable<KeyValuePair<string, TensorData>> Save() =>
        [new("queue", _queue.ToData()), new("added", TensorData.Of<long>([_added]))];

    public void Restore(IReadOnlyDictionary<string, TensorData> memory)
    {
        if (!memory.TryGetValue("queue", out var data) || !data.Sizes.AsSpan().SequenceEqual(_queue.shape))
        {
            throw new InvalidFileException("the queue in the checkpoint is of another size; it is of another run");
        }

        using var queue = data.ToTensor(_queue.device);
        _queue.copy_(queue);
        _added = memory["added"].As<long>()[0];
    }

    public void Dispose() => _queue.Dispose();

    // InfoNCE: -log of the key's share among the key and the queue.
    private Tensor Contrast(Tensor query, Tensor key)
    {
        // A copy: the backward pass reads it after the queue has changed.
        var queue = _queue[..(int)Math.Min(_added, recipe.QueueCapacity)].clone();
        var logits = cat([Similarity(query, key).unsqueeze(1), matmul(query, queue.t()) / recipe.Temperature], 1); // (B, 1 + K)
        return (logits.logsumexp(1) - logits[.., 0]).mean();
    }

    // Over the videos all of whose clips have their true speeds.
    private Tensor Ranking(Tensor same, Tensor other, LoadedBatch batch)
    {
        var videos = (int)same.shape[0];
        var counts = tensor(
            [
                .. Enumerable
                    .Range(0, videos)
                    .Select(video =>
                        Enumerable
                            .Range(0, recipe.Views.Length)
                            .All(view => batch.Identities[(view * videos) + video].Speed != ClipIdentity.NoSpeed)
                            ? 1f
                            : 0f
                    ),
            ],
            device: same.device
        ); // (B)
        return ((recipe.Margin + other - same).clamp_min(0) * counts).sum() / counts.sum().clamp_min(1);
    }

    private Tensor Similarity(Tensor x, Tensor y) => (x * y).sum(-1) / recipe.Temperature; // (B)

    private void Enqueue(Tensor keys)
    {
        using var noGradient = no_grad();
        var places = Enumerable.Range(0, (int)keys.shape[0]).Select(i => (_added + i) % recipe.QueueCapacity);
        _queue.index_copy_(0, tensor([.. places], device: _queue.device), keys);
        _added += keys.shape[0];
    }

    private static (Tensor Same, Tensor Other) Halves(Tensor keys)
    {
        var halves = keys.chunk(2, dim: 0);
        return (halves[0], halves[1]); // (B, d)
    }
}
