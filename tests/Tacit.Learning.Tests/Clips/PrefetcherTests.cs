using Tacit.Learning.Clips;
using Tacit.Learning.Tests.Runs;

namespace Tacit.Learning.Tests.Clips;

public sealed class PrefetcherTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 20, 1)]
    [InlineData(7, 20, 3)]
    [InlineData(19, 20, 50)]
    public async Task Batches_come_in_the_order_of_their_steps(long first, long steps, int depth)
    {
        await using var batches = new Prefetcher<long>(
            (step, _) => ValueTask.FromResult(step * step),
            first,
            steps,
            depth,
            TimeProvider.System
        );

        for (var step = first; step < steps; step++)
        {
            Assert.Equal(step * step, await batches.TakeAsync(Cancellation));
        }

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(async () => await batches.TakeAsync(Cancellation));
        Assert.Equal("all 20 steps are taken", exception.Message);
    }

    [Fact]
    public async Task An_error_comes_when_its_step_is_taken()
    {
        await using var batches = new Prefetcher<long>(
            (step, _) => step == 2 ? throw new InvalidDataException("step 2") : ValueTask.FromResult(step),
            0,
            9,
            5,
            TimeProvider.System
        );

        Assert.Equal(0, await batches.TakeAsync(Cancellation));
        Assert.Equal(1, await batches.TakeAsync(Cancellation));
        for (var again = 0; again < 2; again++)
        {
            Assert.Equal(
                "step 2",
                (await Assert.ThrowsAsync<InvalidDataException>(async () => await batches.TakeAsync(Cancellation))).Message
            );
        }
    }

    [Fact]
    public async Task No_more_is_prepared_than_may_lie_ready_and_one()
    {
        var prepared = new SemaphoreSlim(0);
        var count = 0;
        await using var batches = new Prefetcher<long>(
            (step, _) =>
            {
                Interlocked.Increment(ref count);
                prepared.Release();
                return ValueTask.FromResult(step);
            },
            0,
            100,
            3,
            TimeProvider.System
        );
        for (var i = 0; i < 4; i++)
        {
            Assert.True(await prepared.WaitAsync(Patience, Cancellation));
        }

        Assert.False(await prepared.WaitAsync(TimeSpan.FromMilliseconds(50), Cancellation));
        Assert.Equal(4, Volatile.Read(ref count));
    }

    [Fact]
    public async Task A_cancelled_wait_loses_no_batch()
    {
        var gate = new TaskCompletionSource<string>();
        await using var batches = new Prefetcher<string>((_, _) => new ValueTask<string>(gate.Task), 0, 1, 1, TimeProvider.System);
        using var cancelled = new CancellationTokenSource();
        var waiting = batches.TakeAsync(cancelled.Token).AsTask();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        gate.SetResult("batch");

        Assert.Equal("batch", await batches.TakeAsync(Cancellation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Disposal_disposes_what_nobody_took(int taken)
    {
        var alive = 0;
        var prepared = new SemaphoreSlim(0);
        var batches = new Prefetcher<Batch>(
            (_, _) =>
            {
                Interlocked.Increment(ref alive);
                prepared.Release();
                return ValueTask.FromResult(new Batch(() => Interlocked.Decrement(ref alive)));
            },
            0,
            100,
            2,
            TimeProvider.System
        );
        for (var i = 0; i < taken; i++)
        {
            _ = await batches.TakeAsync(Cancellation);
        }

        // Two are ready, and one is waiting to be handed over.
        for (var i = 0; i < 3 + taken; i++)
        {
            Assert.True(await prepared.WaitAsync(Patience, Cancellation));
        }

        await batches.DisposeAsync();

        Assert.Equal(taken, alive);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await batches.TakeAsync(Cancellation));
    }

    [Fact]
    public async Task Disposal_stops_what_is_being_prepared()
    {
        var started = new TaskCompletionSource();
        var batches = new Prefetcher<int>(
            async (_, stop) =>
            {
                started.SetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, stop);
                return 0;
            },
            0,
            1,
            1,
            TimeProvider.System
        );
        await started.Task;

        await batches.DisposeAsync().AsTask().WaitAsync(Patience, Cancellation);
        await batches.DisposeAsync();
    }

    [Fact]
    public async Task The_share_of_waiting_is_measured()
    {
        var time = new ManualTime();
        var gates = new[] { new TaskCompletionSource<int>(), new TaskCompletionSource<int>() };
        await using var batches = new Prefetcher<int>((step, _) => new ValueTask<int>(gates[step].Task), 0, 2, 1, time);
        Assert.Equal(0, batches.WaitingShare);

        foreach (var gate in gates)
        {
            var take = batches.TakeAsync(Cancellation).AsTask();
            time.Advance(1); // waits for the batch
            gate.SetResult(0);
            await take;
            time.Advance(3); // computes with it
        }

        Assert.Equal(0.25, batches.WaitingShare, 9);
    }

    [Fact]
    public void Numbers_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>("firstStep", () => Make(-1, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>("steps", () => Make(2, 1, 1));
        Assert.Throws<ArgumentOutOfRangeException>("depth", () => Make(0, 1, 0));

        static Prefetcher<int> Make(long first, long steps, int depth) =>
            new((_, _) => ValueTask.FromResult(0), first, steps, depth, TimeProvider.System);
    }

    private sealed record Batch(Action OnDispose) : IDisposable
    {
        public void Dispose() => OnDispose();
    }
}
