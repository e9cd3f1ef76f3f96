using System.Threading.Channels;

namespace Tacit.Learning.Training;

/// <summary>Prepares the batches of the coming steps while the current one is computed with.</summary>
/// <typeparam name="T">A batch. Batches that nobody takes are disposed where they are <see cref="IDisposable"/>.</typeparam>
/// <remarks>
/// A batch is a function of its step, so a resumed run prepares the same ones. They are made one after the other on threads of
/// the pool; tensors made there belong to no dispose scope of the taker's. One thread at a time may take.
/// </remarks>
/// <example><code>
/// await using var batches = new Prefetcher&lt;Batch&gt;(PrepareAsync, firstStep: done, steps, depth: 2, TimeProvider.System);
/// using var batch = await batches.TakeAsync(cancellation);
/// </code></example>
public sealed class Prefetcher<T> : IAsyncDisposable
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

    /// <summary>Begins to prepare.</summary>
    /// <param name="prepare">Makes the batch of a step; its token is cancelled when this object is disposed.</param>
    /// <param name="firstStep">The first step: the number of those that are done.</param>
    /// <param name="steps">The number of steps in all; the last is <paramref name="steps"/> - 1.</param>
    /// <param name="depth">Batches that may lie ready, at least 1; one more is being made.</param>
    /// <param name="time">The clock of <see cref="WaitingShare"/>.</param>
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
    /// The share, from 0 to 1, of the time since the first take that was spent waiting for batches; 0 before. Near 0, preparation
    /// keeps up; near 1, it is the bottleneck.
    /// </summary>
    public double WaitingShare => _began is { } began && _time.GetElapsedTime(began) is { Ticks: > 0 } elapsed ? _waited / elapsed : 0;

    /// <summary>The batch of the next step, which becomes the caller's.</summary>
    /// <exception cref="InvalidOperationException">All steps are taken.</exception>
    /// <exception cref="OperationCanceledException">The wait was cancelled; the batch can be taken later.</exception>
    /// <exception cref="ObjectDisposedException">The object is disposed.</exception>
    /// <remarks>What went wrong in preparing a batch is thrown when its step is taken, and again from then on.</remarks>
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
            // Throws what ended the preparation, once the batches before it are taken.
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

    /// <summary>Stops, waits for the batch that is being made, and disposes what nobody took.</summary>
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
            // Disposed: nobody takes any more.
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
