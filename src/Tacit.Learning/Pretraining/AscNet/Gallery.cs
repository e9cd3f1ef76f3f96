using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Learning.Clips;
using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.AscNet;

/// <summary>Stores the embeddings of recent clips, among which speed positives are retrieved (ASCNet, figure 2).</summary>
/// <remarks>
/// <para>
/// An entry consists of the target network's appearance and speed embeddings of a clip, and the clip's speed, video and identity. It is a
/// ring buffer of K entries: the newest replace the oldest.
/// </para>
/// <para>
/// A query only finds entries of its own speed from other videos. Clips without an exact speed (<see cref="ClipIdentity.NoSpeed"/>) are
/// neither found nor find anything. A search is exact: it compares a query with all entries, which takes n · K · d multiply-accumulates.
/// </para>
/// </remarks>
internal sealed class Gallery : IDisposable
{
    private const float Excluded = float.NegativeInfinity;

    private readonly Tensor _appearance; // (K, d), unit vectors
    private readonly Tensor _speed; // (K, d), unit vectors
    private readonly Tensor _facts; // (K, 4): speed, video, step, row
    private readonly int _capacity;
    private long _added;

    /// <summary>Creates an empty gallery.</summary>
    /// <param name="capacity">The largest number of entries K, at least 1.</param>
    /// <param name="width">The width d of the embeddings, at least 1.</param>
    /// <param name="device">The device of the entries.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is less than 1.</exception>
    public Gallery(int capacity, int width, Device device)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        _capacity = capacity;
        _appearance = zeros(capacity, width, device: device).DetachFromDisposeScope();
        _speed = zeros(capacity, width, device: device).DetachFromDisposeScope();
        _facts = zeros(capacity, 4, dtype: ScalarType.Int64, device: device).DetachFromDisposeScope();
    }

    /// <summary>The number of entries, at most the capacity.</summary>
    public int Count => (int)Math.Min(_added, _capacity);

    /// <summary>Adds clips and removes the oldest entries if the gallery is full.</summary>
    /// <param name="appearance">The appearance embeddings, unit vectors, (n, d).</param>
    /// <param name="speed">The speed embeddings, unit vectors, (n, d).</param>
    /// <param name="clips">The identities of the n clips.</param>
    /// <exception cref="ArgumentException">The numbers differ, or there are more clips than the gallery can hold.</exception>
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

    /// <summary>
    /// Finds for each query the k entries with the highest cosine similarity of appearance, of the same speed and from other videos.
    /// </summary>
    /// <param name="appearance">The appearance embeddings of the queries, unit vectors, (n, d).</param>
    /// <param name="clips">The identities of the queries.</param>
    /// <param name="neighbours">The number of entries to find, k.</param>
    /// <returns>The matches. A query has fewer than k if there are not enough suitable entries.</returns>
    public GalleryMatches Search(Tensor appearance, IReadOnlyList<ClipIdentity> clips, int neighbours)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return Best(matmul(appearance, _appearance[..Count].t()), clips, neighbours); // (n, count)
    }

    /// <summary>Finds for each query k random entries of the same speed from other videos.</summary>
    /// <param name="clips">The identities of the queries.</param>
    /// <param name="neighbours">The number of entries to find, k.</param>
    /// <param name="random">The random stream. It draws n · count numbers.</param>
    public GalleryMatches Draw(IReadOnlyList<ClipIdentity> clips, int neighbours, RandomStream random)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var order = new float[clips.Count * Count];
        random.FillUniform(order);
        return Best(tensor(order, [clips.Count, Count], device: _facts.device), clips, neighbours);
    }

    /// <summary>Compares clips with all entries by their speed embeddings.</summary>
    /// <param name="speed">The speed embeddings, unit vectors, (n, d). The similarities have a gradient with respect to them.</param>
    /// <param name="clips">The identities of the clips.</param>
    /// <returns>
    /// Three tensors (n, count): the cosine similarities, whether an entry is from another video and has the same speed, and whether it is
    /// from another video and has another speed.
    /// </returns>
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

    /// <summary>Returns a copy of all entries and their order.</summary>
    public IEnumerable<KeyValuePair<string, TensorData>> Save() =>
        [
            new("appearance", _appearance.ToData()),
            new("speed", _speed.ToData()),
            new("facts", _facts.ToData()),
            new("added", TensorData.Of<long>([_added])),
        ];

    /// <summary>Restores entries returned by <see cref="Save"/>.</summary>
    /// <exception cref="InvalidFileException">The entries are from a gallery of another size.</exception>
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

    /// <summary>Returns the entries with the highest scores, (n, count), of the same speed and from other videos.</summary>
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

    /// <summary>
    /// Returns whether clips and entries have the same speed, and whether they are from different videos and both have exact speeds: (n,
    /// count) each.
    /// </summary>
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

/// <summary>The result of a search in a gallery for n queries.</summary>
/// <param name="Speed">The speed embeddings of the matches, (n, k, d).</param>
/// <param name="Found">Whether a match exists, (n, k), Boolean. If not, its embedding is meaningless.</param>
/// <param name="Positives">The row of the query and the identity of the clip, for each match that exists.</param>
internal sealed record GalleryMatches(Tensor Speed, Tensor Found, ImmutableArray<(int Query, ClipIdentity Clip)> Positives);
