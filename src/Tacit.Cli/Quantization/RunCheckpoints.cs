using Tacit.Learning.Training;

namespace Tacit.Cli.Quantization;

/// <summary>Keeps the state of a run's stages in its folder.</summary>
internal sealed class RunCheckpoints(CheckpointStore store) : ICheckpoints
{
    /// <inheritdoc/>
    public Checkpoint? Latest(string stage) => store.Latest() is { } latest && latest.Stage == stage ? latest : null;

    /// <inheritdoc/>
    public void Save(Checkpoint checkpoint) => store.Save(checkpoint);

    /// <inheritdoc/>
    public void Offer(long step, Func<Checkpoint> capture, CancellationToken cancellation)
    {
        if (store.IsDue || cancellation.IsCancellationRequested)
        {
            store.Save(capture());
        }

        cancellation.ThrowIfCancellationRequested();
    }
}
