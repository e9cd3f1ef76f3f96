using Tacit.Learning.Runs;

namespace Tacit.Learning.Clips;

/// <summary>Supplies the batches of a training. They are loaded ahead on other threads, and the time spent waiting is measured.</summary>
/// <remarks>Up to three finished batches wait to be taken. Loading starts with the first call of <see cref="TakeAsync"/>.</remarks>
/// <param name="loader">Loads the batches.</param>
/// <param name="count">The number of batches in the whole training.</param>
/// <param name="clock">Records the waiting time.</param>
/// <param name="time">The clock of the prefetcher.</param>
internal sealed class ClipFeed(ClipLoader loader, long count, TrainingClock clock, TimeProvider time) : IAsyncDisposable
{
    private const int BatchesAhead = 3;

    private Prefetcher<LoadedBatch>? _batches;

    /// <summary>The loader of the batches.</summary>
    public ClipLoader Loader => loader;

    /// <summary>Returns a batch, and waits for it if necessary.</summary>
    /// <param name="number">
    /// The number of the batch. The first call may start anywhere; after it, each call must ask for the next batch.
    /// </param>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
    /// <exception cref="Inference.InvalidDatasetException">Too many videos cannot be read.</exception>
    public async ValueTask<LoadedBatch> TakeAsync(long number, CancellationToken cancellation)
    {
        _batches ??= new(loader.LoadAsync, number, count, BatchesAhead, time);
        var stamp = clock.Stamp();
        var batch = await _batches.TakeAsync(cancellation).ConfigureAwait(false);
        clock.Waited(stamp);
        return batch;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _batches?.DisposeAsync() ?? ValueTask.CompletedTask;
}
