namespace Tacit.Learning.Training;

/// <summary>Where a long computation keeps its state, so that it can be interrupted and taken up again.</summary>
public interface ICheckpoints
{
    /// <summary>The last state of a stage; null where there is none.</summary>
    Checkpoint? Latest(string stage);

    /// <summary>Keeps a state.</summary>
    void Save(Checkpoint checkpoint);

    /// <summary>
    /// Keeps a state if enough time has passed since the last one, or if the work is to stop here.
    /// </summary>
    /// <param name="step">The steps that are done.</param>
    /// <param name="capture">Makes the state; called only when it is kept.</param>
    /// <param name="cancellation">When it is requested, the state is kept before the exception is thrown.</param>
    /// <exception cref="OperationCanceledException">The work is to stop here; the state was kept.</exception>
    void SaveIfDue(long step, Func<Checkpoint> capture, CancellationToken cancellation);
}

/// <summary>Keeps nothing but the last state of each stage in memory.</summary>
public sealed class MemoryCheckpoints : ICheckpoints
{
    private readonly Dictionary<string, Checkpoint> _latest = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Checkpoint? Latest(string stage) => _latest.GetValueOrDefault(stage);

    /// <inheritdoc/>
    public void Save(Checkpoint checkpoint) => _latest[checkpoint.Stage] = checkpoint;

    /// <inheritdoc/>
    public void SaveIfDue(long step, Func<Checkpoint> capture, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            Save(capture());
            cancellation.ThrowIfCancellationRequested();
        }
    }
}

/// <summary>A long computation that could not be brought to a good end.</summary>
public sealed class TrainingFailedException(string message) : Exception(message);
