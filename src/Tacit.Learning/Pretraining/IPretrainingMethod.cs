using System.Collections.Immutable;
using Tacit.Graphs;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining;

/// <summary>What the predictions of a method are compared with.</summary>
public enum TargetNetwork
{
    /// <summary>The same network, without gradient: SimSiam's way, and the literal reading of ASCNet's figure 2.</summary>
    None,

    /// <summary>A moving average of the network: BYOL's and MoCo's way.</summary>
    Momentum,
}

/// <summary>A way to learn from unlabelled videos: which clips it sees, which heads it needs, and its loss.</summary>
/// <remarks>
/// A batch holds V views of B videos, view by view: clip i of view v is row v · B + i of everything. A method that keeps memory
/// between steps (a gallery, a queue) says so in <see cref="Save"/> and <see cref="Restore"/>.
/// </remarks>
public interface IPretrainingMethod : IDisposable
{
    /// <summary>The clips of each video.</summary>
    ImmutableArray<ClipView> Views { get; }

    /// <summary>The heads over the encoder's features.</summary>
    ImmutableArray<ProjectionHead> Heads { get; }

    /// <summary>Which network gives the targets.</summary>
    TargetNetwork Target { get; }

    /// <summary>The most videos of a batch that the method's memory takes; without memory any number.</summary>
    int LargestBatch => int.MaxValue;

    /// <summary>The loss of a step, a scalar with a gradient to the online embeddings, and what there is to log.</summary>
    /// <param name="online">The online network's embeddings of the views that learn, view by view.</param>
    /// <param name="target">The target network's of the views that are targets, view by view, without gradient.</param>
    /// <param name="batch">What the clips are.</param>
    MethodLoss Loss(Embeddings online, Embeddings target, PretrainingBatch batch);

    /// <summary>The memory, by name; nothing without memory.</summary>
    IEnumerable<KeyValuePair<string, TensorData>> Save() => [];

    /// <summary>Takes up a memory that <see cref="Save"/> gave.</summary>
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

/// <summary>Which clip of a run it is: enough to sample and show it again.</summary>
/// <param name="Step">The step that drew it.</param>
/// <param name="Row">Its row in the batch of that step.</param>
/// <param name="Video">The index of its video.</param>
/// <param name="Speed">Its speed; <see cref="NoSpeed"/> where its video was too short for the speed asked for.</param>
public readonly record struct ClipIdentity(long Step, int Row, int Video, int Speed)
{
    /// <summary>The speed of a clip that was stretched or looped: it has none, and takes no part in what is learnt of speed.</summary>
    public const int NoSpeed = 0;
}
