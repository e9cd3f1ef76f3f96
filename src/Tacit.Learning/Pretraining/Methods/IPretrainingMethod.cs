using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Learning.Clips;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.Methods;

/// <summary>The loss of a pretraining method, and its memory between steps.</summary>
/// <remarks>
/// A <see cref="PretrainingRecipe"/> creates an instance for each training. A method with a memory (a gallery, a queue) returns it from
/// <see cref="Save"/> and accepts it in <see cref="Restore"/>, so that a resumed training continues identically.
/// </remarks>
public interface IPretrainingMethod : IDisposable
{
    /// <summary>Computes the loss of a batch. May change the memory.</summary>
    /// <param name="online">The online embeddings of the views that learn, ordered by view.</param>
    /// <param name="target">The target embeddings of the views that are targets, ordered by view, without a gradient.</param>
    /// <param name="batch">The identities of the clips: clip i of view v of B videos is in row v · B + i.</param>
    /// <returns>The loss, a scalar with a gradient with respect to the online embeddings, and values to log.</returns>
    MethodLoss Loss(Embeddings online, Embeddings target, LoadedBatch batch);

    /// <summary>Returns a copy of the memory. Default: empty, for methods without a memory.</summary>
    IEnumerable<KeyValuePair<string, TensorData>> Save() => [];

    /// <summary>Restores a memory returned by <see cref="Save"/>. Default: does nothing.</summary>
    /// <exception cref="InvalidFileException">The memory belongs to a run with other options.</exception>
    void Restore(IReadOnlyDictionary<string, TensorData> memory) { }
}

/// <summary>The loss of a batch.</summary>
/// <param name="Total">The loss that is minimised, a scalar.</param>
/// <param name="Parts">Its parts and other values to log, by name.</param>
public sealed record MethodLoss(Tensor Total, ImmutableSortedDictionary<string, double> Parts)
{
    /// <summary>The retrieved positives: the row of a clip in the batch, and the identity of its positive. Default empty.</summary>
    public ImmutableArray<(int Row, ClipIdentity Positive)> Positives { get; init; } = [];
}
