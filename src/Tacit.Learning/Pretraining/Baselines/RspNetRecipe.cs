using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Learning.Clips;
using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using Tacit.Learning.Pretraining.Methods;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.Baselines;

/// <summary>
/// Options of "RSPNet: Relative Speed Perception for Unsupervised Video Representation Learning" (Chen et al., AAAI 2021), as a baseline.
/// </summary>
/// <remarks>
/// <para>
/// Three clips of each video are used: a query, a key of the same speed and a key of another speed. The keys come from the momentum
/// network. Each head is one linear layer to unit vectors.
/// </para>
/// <list type="bullet">
/// <item>
/// Appearance (A-VID): InfoNCE, -log(exp(q · k / T) / (exp(q · k / T) + Σ exp(q · n_j / T))), for both keys k. The negatives n_j are the
/// same-speed keys of earlier batches.
/// </item>
/// <item>
/// Speed (RSP): a ranking loss, max(0, margin + (q · k_other - q · k_same) / T). The query is nearer to the key of its speed. Videos
/// without exact speeds are left out.
/// </item>
/// </list>
/// <para>Both have the weight 1.</para>
/// </remarks>
public sealed record RspNetRecipe : PretrainingRecipe
{
    /// <summary>The name of the appearance head.</summary>
    internal const string Appearance = "appearance";

    /// <summary>The name of the speed head.</summary>
    internal const string Speed = "speed";

    /// <summary>The number of keys of earlier batches that serve as negatives, at least 1. Default 16,384, as in RSPNet's code.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int QueueCapacity
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 16384;

    /// <summary>The temperature T, by which similarities are divided, above 0. Default 0.07, as in RSPNet's code.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not positive.</exception>
    public double Temperature
    {
        get;
        init => field = Require.Positive(value);
    } = 0.07;

    /// <summary>
    /// The margin of the ranking loss, at least 0. It applies to similarities divided by T. Default 2, as in RSPNet's code.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public double Margin
    {
        get;
        init => field = Require.AtLeast(0, value);
    } = 2;

    /// <summary>The width of the embeddings, at least 2. Default 128, as in RSPNet's code.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 2.</exception>
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

    /// <summary>The constant momentum 0.999 of RSPNet's code.</summary>
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

/// <summary>Computes the losses of RSPNet and keeps the queue of keys. See <see cref="RspNetRecipe"/>.</summary>
/// <param name="recipe">The options of the method.</param>
/// <param name="device">The device of the queue.</param>
internal sealed class RspNet(RspNetRecipe recipe, Device device) : IPretrainingMethod
{
    private readonly Tensor _queue = zeros(recipe.QueueCapacity, recipe.EmbeddingWidth, device: device).DetachFromDisposeScope(); // (K, d), unit vectors
    private long _added;

    /// <inheritdoc/>
    /// <remarks>The online embeddings are those of the queries, (B, d). The target embeddings are those of both keys, (2 · B, d).</remarks>
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

    /// <inheritdoc/>
    public IEnumerable<KeyValuePair<string, TensorData>> Save() =>
        [new("queue", _queue.ToData()), new("added", TensorData.Of<long>([_added]))];

    /// <inheritdoc/>
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

    /// <inheritdoc/>
    public void Dispose() => _queue.Dispose();

    /// <summary>Computes InfoNCE: -log of the key's share among the key and the queue (MoCo, He et al. 2020, equation 1).</summary>
    private Tensor Contrast(Tensor query, Tensor key)
    {
        // A copy, because the backward pass reads it after the queue has changed.
        var queue = _queue[..(int)Math.Min(_added, recipe.QueueCapacity)].clone();
        var logits = cat([Similarity(query, key).unsqueeze(1), matmul(query, queue.t()) / recipe.Temperature], 1); // (B, 1 + K)
        return (logits.logsumexp(1) - logits[.., 0]).mean();
    }

    /// <summary>Computes the ranking loss over the videos all of whose clips have exact speeds.</summary>
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
