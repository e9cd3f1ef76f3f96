namespace Tacit.Learning.Runs;

/// <summary>Stores the state of a long computation, so that it can be interrupted and continued.</summary>
public interface ICheckpoints
{
    /// <summary>Returns the last state of a stage; null if there is none.</summary>
    /// <param name="stage">The name of the stage.</param>
    Checkpoint? Latest(string stage);

    /// <summary>Stores a state.</summary>
    /// <param name="checkpoint">The state; its stage determines where it is stored.</param>
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

/// <summary>
/// Keeps only the last state of each stage in memory. It stores a state when one is saved or when the work is cancelled.
/// </summary>
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

/// <summary>The exception that is thrown when a training cannot reach a usable result, for example because it diverged.</summary>
/// <param name="message">A description of what went wrong and what to change.</param>
public sealed class TrainingFailedException(string message) : Exception(message);
