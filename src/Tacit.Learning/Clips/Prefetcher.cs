using System.Threading.Channels;

namespace Tacit.Learning.Clips;

/// <summary>Prepares the batches of the next steps in the background while the current one is in use.</summary>
/// <typeparam name="T">
/// The type of a batch. Batches that are not taken are disposed if they implement <see cref="IDisposable"/>.
/// </typeparam>
/// <remarks>
/// A batch is a function of its step, so a resumed run prepares the same batches. Batches are prepared one after the other on
/// threads of the pool; tensors created there do not belong to a dispose scope of the consumer. Only one thread at a time may
/// take batches.
/// </remarks>
/// <example><code>
/// await using var batches = new Prefetcher&lt;Batch&gt;(PrepareAsync, firstStep: done, steps, depth: 2, TimeProvider.System);
/// using var batch = await batches.TakeAsync(cancellation);
/// </code></example>
internal sealed class Prefetcher<T> : IAsyncDisposable
{
    private readonly Func<long, CancellationToken, ValueTask<T>> _prepare;
    private readonly Channel<T> _ready;
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private readonly long _steps;
    private readonly Task _preparing;
    private long _next;
    private long? _began;
    private TimeSpan _waited;
    private bool _disposed;

    /// <summary>Starts to prepare batches.</summary>
    /// <param name="prepare">Creates the batch of a step. Its token is cancelled when this object is disposed.</param>
    /// <param name="firstStep">The first step to prepare: the number of steps completed before.</param>
    /// <param name="steps">The total number of steps; the last step is <paramref name="steps"/> - 1.</param>
    /// <param name="depth">
    /// The maximum number of prepared batches that wait to be taken, at least 1. One more may be in preparation.
    /// </param>
    /// <param name="time">The clock for <see cref="WaitingShare"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public Prefetcher(Func<long, CancellationToken, ValueTask<T>> prepare, long firstStep, long steps, int depth, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(prepare);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentOutOfRangeException.ThrowIfNegative(firstStep);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, firstStep);
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        (_prepare, _next, _steps, _time) = (prepare, firstStep, steps, time);
        _ready = Channel.CreateBounded<T>(new BoundedChannelOptions(depth) { SingleReader = true, SingleWriter = true });
        _preparing = Task.Run(() => PrepareAllAsync(firstStep));
    }

    /// <summary>
    /// The share of the time since the first call of <see cref="TakeAsync"/> that was spent waiting for batches, 0 to 1; 0
    /// before that call. Near 0, preparation keeps up with the consumer; near 1, it is the bottleneck.
    /// </summary>
    public double WaitingShare => _began is { } began && _time.GetElapsedTime(began) is { Ticks: > 0 } elapsed ? _waited / elapsed : 0;

    /// <summary>Returns the batch of the next step, and waits for it if necessary. The caller owns the batch.</summary>
    /// <remarks>An exception in the preparation of a batch is thrown when its step is taken, and on each call after that.</remarks>
    /// <param name="cancellation">Cancels the wait.</param>
    /// <exception cref="InvalidOperationException">All batches were taken.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled. The batch can still be taken later.</exception>
    /// <exception cref="ObjectDisposedException">The object was disposed.</exception>
    public async ValueTask<T> TakeAsync(CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_next == _steps)
        {
            throw new InvalidOperationException($"all {_steps} steps are taken");
        }

        var asked = _time.GetTimestamp();
        _began ??= asked;
        try
        {
            // Throws the exception that ended the preparation after the batches before it were taken.
            await _ready.Reader.WaitToReadAsync(cancellation).ConfigureAwait(false);
        }
        finally
        {
            _waited += _time.GetElapsedTime(asked);
        }

        ObjectDisposedException.ThrowIf(!_ready.Reader.TryRead(out var batch), this);
        _next++;
        return batch!;
    }

    /// <summary>Stops the preparation, waits for the batch in progress and disposes the batches that were not taken.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _stop.CancelAsync().ConfigureAwait(false);
        await _preparing.ConfigureAwait(false);
        while (_ready.Reader.TryRead(out var batch))
        {
            (batch as IDisposable)?.Dispose();
        }

        _stop.Dispose();
    }

    private async Task PrepareAllAsync(long firstStep)
    {
        Exception? failure = null;
        try
        {
            for (var step = firstStep; step < _steps; step++)
            {
                var batch = await _prepare(step, _stop.Token).ConfigureAwait(false);
                await HandOverAsync(batch).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The object was disposed.
        }
        catch (Exception e)
        {
            failure = e;
        }

        _ready.Writer.Complete(failure);
    }

    private async ValueTask HandOverAsync(T batch)
    {
        try
        {
            await _ready.Writer.WriteAsync(batch, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            (batch as IDisposable)?.Dispose();
            throw;
        }
    }
}
