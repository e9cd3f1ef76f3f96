using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Learning.Clips;
using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.AscNet;

/// <summary>The clips among which speed positives are found: first in, first out, each with both embeddings (ASCNet, figure 2).</summary>
/// <remarks>
/// An entry is the target network's appearance and speed embedding of a clip, its speed, its video and its identity. A query
/// finds entries of its own speed from other videos. Whatever the order of its ring, results depend on the entries alone.
/// </remarks>
internal sealed class Gallery : IDisposable
{
    private const float Excluded = float.NegativeInfinity;

    private readonly Tensor _appearance; // (K, d), unit vectors
    private readonly Tensor _speed; // (K, d), unit vectors
    private readonly Tensor _facts; // (K, 4): speed, video, step, row
    private readonly int _capacity;
    private long _added;

    /// <summary>An empty gallery.</summary>
    /// <param name="capacity">K, the entries that it holds.</param>
    /// <param name="width">d, the width of the embeddings.</param>
    /// <param name="device">Where to keep them.</param>
    public Gallery(int capacity, int width, Device device)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        _capacity = capacity;
        _appearance = zeros(capacity, width, device: device).DetachFromDisposeScope();
        _speed = zeros(capacity, width, device: device).DetachFromDisposeScope();
        _facts = zeros(capacity, 4, dtype: ScalarType.Int64, device: device).DetachFromDisposeScope();
    }

    /// <summary>The entries that it holds.</summary>
    public int Count => (int)Math.Min(_added, _capacity);

    /// <summary>Adds clips; the oldest entries give way.</summary>
    /// <param name="appearance">Unit vectors, (n, d).</param>
    /// <param name="speed">Unit vectors, (n, d).</param>
    /// <param name="clips">What the clips are, n.</param>
    /// <exception cref="ArgumentException">The numbers differ, or there are more clips than the gallery holds.</exception>
    public void Add(Tensor appearance, Tensor speed, IReadOnlyList<ClipIdentity> clips)
    {
        if (appearance.shape[0] != clips.Count || speed.shape[0] != clips.Count || clips.Count > _capacity)
        {
            throw new ArgumentException(
                $"{clips.Count} clips with {appearance.shape[0]} and {speed.shape[0]} embeddings cannot be added to a gallery of {_capacity}",
                nameof(clips)
            );
        }

        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var places = tensor([.. Enumerable.Range(0, clips.Count).Select(i => (_added + i) % _capacity)], device: _facts.device);
        _appearance.index_copy_(0, places, appearance);
        _speed.index_copy_(0, places, speed);
        _facts.index_copy_(0, places, Facts(clips));
        _added += clips.Count;
    }

    /// <summary>Finds, for each query, the k most similar entries by appearance of the same speed from other videos.</summary>
    /// <param name="appearance">Unit vectors, (n, d).</param>
    /// <param name="clips">What the queries are, n.</param>
    /// <param name="neighbours">k.</param>
    /// <returns>A query finds less than k where fewer fit.</returns>
    public GalleryMatches Search(Tensor appearance, IReadOnlyList<ClipIdentity> clips, int neighbours)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return Best(matmul(appearance, _appearance[..Count].t()), clips, neighbours); // (n, count)
    }

    /// <summary>Finds, for each query, k random entries of the same speed from other videos.</summary>
    /// <param name="clips">What the queries are, n.</param>
    /// <param name="neighbours">k.</param>
    /// <param name="random">Draws them.</param>
    public GalleryMatches Draw(IReadOnlyList<ClipIdentity> clips, int neighbours, RandomStream random)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var order = new float[clips.Count * Count];
        random.FillUniform(order);
        return Best(tensor(order, [clips.Count, Count], device: _facts.device), clips, neighbours);
    }

    /// <summary>Compares clips with all entries by their speed embeddings.</summary>
    /// <param name="speed">Unit vectors, (n, d); the similarities have a gradient to them.</param>
    /// <param name="clips">What the clips are, n.</param>
    /// <returns>Cosine similarities, and whether an entry of another video has the same speed or another one; (n, count) each.</returns>
    public (Tensor Similarities, Tensor Same, Tensor Other) CompareSpeeds(Tensor speed, IReadOnlyList<ClipIdentity> clips)
    {
        using var scope = NewDisposeScope();
        var (isSame, isForeign) = Compare(clips);
        return (
            matmul(speed, _speed[..Count].clone().t()).MoveToOuterDisposeScope(),
            isSame.logical_and(isForeign).MoveToOuterDisposeScope(),
            isSame.logical_not().logical_and(isForeign).MoveToOuterDisposeScope()
        );
    }

    /// <summary>The state, by name.</summary>
    public IEnumerable<KeyValuePair<string, TensorData>> Save() =>
        [
            new("appearance", _appearance.ToData()),
            new("speed", _speed.ToData()),
            new("facts", _facts.ToData()),
            new("added", TensorData.Of<long>([_added])),
        ];

    /// <summary>Takes up a state that <see cref="Save"/> gave.</summary>
    /// <exception cref="InvalidFileException">It is of a gallery of another size.</exception>
    public void Restore(IReadOnlyDictionary<string, TensorData> state)
    {
        foreach (var (name, kept) in new[] { ("appearance", _appearance), ("speed", _speed), ("facts", _facts) })
        {
            if (!state.TryGetValue(name, out var data) || !data.Sizes.AsSpan().SequenceEqual(kept.shape))
            {
                throw new InvalidFileException("the gallery in the checkpoint is of another size; it is of another run");
            }

            using var value = data.ToTensor(kept.device);
            kept.copy_(value);
        }

        _added = state["added"].As<long>()[0];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _appearance.Dispose();
        _speed.Dispose();
        _facts.Dispose();
    }

    // scores: (n, count); the highest of those that fit.
    private GalleryMatches Best(Tensor scores, IReadOnlyList<ClipIdentity> clips, int neighbours)
    {
        var (isSame, isForeign) = Compare(clips);
        var (best, places) = scores
            .masked_fill(isSame.logical_and(isForeign).logical_not(), Excluded)
            .topk(Math.Min(neighbours, Count), dim: 1); // (n, k)
        var found = best != Excluded; // (n, k)
        var speed = _speed.index_select(0, places.flatten()).reshape(places.shape[0], places.shape[1], _speed.shape[1]); // (n, k, d)
        return new GalleryMatches(
            speed.MoveToOuterDisposeScope(),
            found.MoveToOuterDisposeScope(),
            Positives(_facts.index_select(0, places.flatten()).ToData().As<long>(), found.flatten().ToData().Bytes, (int)places.shape[1])
        );
    }

    // Whether clips and entries are of the same speed, and of different videos and both of a true speed: (n, count) each.
    private (Tensor IsSame, Tensor IsForeign) Compare(IReadOnlyList<ClipIdentity> clips)
    {
        var (queries, entries) = (Facts(clips), _facts[..Count]); // (n, 4), (count, 4)
        var (ours, theirs) = (queries[.., 0..1], entries[.., 0]);
        var haveSpeeds = (ours != ClipIdentity.NoSpeed).logical_and(theirs != ClipIdentity.NoSpeed);
        return (ours == theirs, (queries[.., 1..2] != entries[.., 1]).logical_and(haveSpeeds));
    }

    private static ImmutableArray<(int Query, ClipIdentity Clip)> Positives(
        ReadOnlySpan<long> facts,
        ReadOnlySpan<byte> found,
        int neighbours
    )
    {
        var positives = ImmutableArray.CreateBuilder<(int, ClipIdentity)>();
        for (var i = 0; i < found.Length; i++)
        {
            if (found[i] != 0)
            {
                var fact = facts.Slice(4 * i, 4);
                positives.Add((i / neighbours, new ClipIdentity(fact[2], (int)fact[3], (int)fact[1], (int)fact[0])));
            }
        }

        return positives.ToImmutable();
    }

    private Tensor Facts(IReadOnlyList<ClipIdentity> clips) =>
        tensor(
            [.. clips.SelectMany(clip => new long[] { clip.Speed, clip.Video, clip.Step, clip.Row })],
            [clips.Count, 4],
            device: _facts.device
        );
}

/// <summary>What queries found in a gallery.</summary>
/// <param name="Speed">Their speed embeddings, (n, k, d).</param>
/// <param name="Found">Whether there was such an entry, (n, k), Boolean; elsewhere the embedding means nothing.</param>
/// <param name="Positives">The query and the clip of each that was found.</param>
internal sealed record GalleryMatches(Tensor Speed, Tensor Found, ImmutableArray<(int Query, ClipIdentity Clip)> Positives);
