using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Tacit.Inference;

// Work on items that runs ahead of whoever takes the results; these come in the order of the items.
internal static class ReadAhead
{
    // At most `count` items at a time are worked on or wait to be taken. Once the enumeration has ended, so has all work.
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
                // It keeps its place until it is done.
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

    // Begins the work on each item as soon as there is a place for it. What the items throw is thrown to the reader, after the results.
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
