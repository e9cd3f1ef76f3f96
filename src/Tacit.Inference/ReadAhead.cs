using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Tacit.Inference;

/// <summary>Processes the items of a sequence ahead of the consumer.</summary>
internal static class ReadAhead
{
    /// <summary>Processes items in parallel and returns the results in the order of the items.</summary>
    /// <remarks>
    /// At most <paramref name="count"/> items are being processed or waiting to be consumed. When the enumeration ends for any
    /// reason, all processing has ended. An exception of the sequence is thrown after the results of the items before
    /// it.
    /// </remarks>
    /// <typeparam name="T">The type of the items.</typeparam>
    /// <typeparam name="TResult">The type of the results.</typeparam>
    /// <param name="items">The items.</param>
    /// <param name="count">The maximum number of items in progress, at least 1.</param>
    /// <param name="work">Processes an item.</param>
    /// <param name="cancellation">Cancels the enumeration and all processing.</param>
    public static async IAsyncEnumerable<TResult> SelectAhead<T, TResult>(
        this IAsyncEnumerable<T> items,
        int count,
        Func<T, CancellationToken, Task<TResult>> work,
        [EnumeratorCancellation] CancellationToken cancellation = default
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var ahead = Channel.CreateBounded<Task<TResult>>(new BoundedChannelOptions(count) { SingleReader = true, SingleWriter = true });
        var filling = Task.Run(() => FillAsync(items, ahead.Writer, work, stop.Token), CancellationToken.None);
        try
        {
            while (await ahead.Reader.WaitToReadAsync(stop.Token).ConfigureAwait(false))
            {
                // The task occupies its place until it has completed.
                _ = ahead.Reader.TryPeek(out var next);
                var result = await next!.ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
                _ = ahead.Reader.TryRead(out _);
                yield return result;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await filling.ConfigureAwait(false);
            while (ahead.Reader.TryRead(out var left))
            {
                await Task.WhenAny(left).ConfigureAwait(false);
            }
        }
    }

    // Starts the processing of each item as soon as there is room for it.
    private static async Task FillAsync<T, TResult>(
        IAsyncEnumerable<T> items,
        ChannelWriter<Task<TResult>> ahead,
        Func<T, CancellationToken, Task<TResult>> work,
        CancellationToken stop
    )
    {
        try
        {
            await using var item = items.GetAsyncEnumerator(stop);
            while (await ahead.WaitToWriteAsync(stop).ConfigureAwait(false) && await item.MoveNextAsync().ConfigureAwait(false))
            {
                var current = item.Current;
                _ = ahead.TryWrite(Task.Run(() => work(current, stop), stop));
            }

            ahead.Complete();
        }
        catch (Exception exception)
        {
            ahead.Complete(exception);
        }
    }
}
