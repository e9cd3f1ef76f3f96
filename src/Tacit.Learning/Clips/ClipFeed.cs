using Tacit.Learning.Runs;

namespace Tacit.Learning.Clips;

/// <summary>The batches of a training, loaded ahead on other threads; the time spent waiting for them is counted.</summary>
/// <param name="loader">Loads them.</param>
/// <param name="count">The batches of the whole training.</param>
/// <param name="clock">Counts the time.</param>
/// <param name="time">Its clock.</param>
internal sealed class ClipFeed(ClipLoader loader, long count, TrainingClock clock, TimeProvider time) : IAsyncDisposable
{
    private const int BatchesAhead = 3;

    private Prefetcher<LoadedBatch>? _batches;

    /// <summary>What loads the batches.</summary>
    public ClipLoader Loader => loader;

    /// <summary>A batch; from the first that is asked for they come one after the other.</summary>
    /// <exception cref="OperationCanceledException">The wait was cancelled.</exception>
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
