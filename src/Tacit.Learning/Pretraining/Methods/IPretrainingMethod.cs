using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Learning.Clips;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining.Methods;

/// <summary>What a recipe makes for one training: its loss, and what it remembers between steps.</summary>
/// <remarks>
/// A method that keeps memory between steps (a gallery, a queue) gives it in <see cref="Save"/> and takes it up in <see cref="Restore"/>.
/// </remarks>
public interface IPretrainingMethod : IDisposable
{
    /// <summary>The loss of a step, a scalar with a gradient to the online embeddings, and what there is to log.</summary>
    /// <param name="online">The online network's embeddings of the views that learn, view by view.</param>
    /// <param name="target">The target network's of the views that are targets, view by view, without gradient.</param>
    /// <param name="batch">What the clips are: clip i of view v of B videos is row v · B + i.</param>
    MethodLoss Loss(Embeddings online, Embeddings target, LoadedBatch batch);

    /// <summary>The memory, by name; nothing without memory.</summary>
    IEnumerable<KeyValuePair<string, TensorData>> Save() => [];

    /// <summary>Takes up a memory that <see cref="Save"/> gave.</summary>
    /// <exception cref="InvalidFileException">It is of another run.</exception>
    void Restore(IReadOnlyDictionary<string, TensorData> memory) { }
}

/// <summary>The loss of a step.</summary>
/// <param name="Total">What is minimised, a scalar.</param>
/// <param name="Parts">Its parts and other numbers to log, by name.</param>
public sealed record MethodLoss(Tensor Total, ImmutableSortedDictionary<string, double> Parts)
{
    /// <summary>Pairs that were found by retrieval: row of the batch, identity of the clip that became its positive.</summary>
    public ImmutableArray<(int Row, ClipIdentity Positive)> Positives { get; init; } = [];
}
