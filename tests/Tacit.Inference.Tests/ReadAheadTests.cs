namespace Tacit.Inference.Tests;

public sealed class ReadAheadTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task No_more_than_so_many_are_worked_on_and_results_keep_their_order(int count)
    {
        var (running, most) = (0, 0);
        var random = new Random(1);
        int[] delays = [.. Enumerable.Range(0, 40).Select(_ => random.Next(3))];

        var results = await Enumerable
            .Range(0, 40)
            .ToAsyncEnumerable()
            .SelectAhead(
                count,
                async (item, token) =>
                {
                    InterlockedMax(ref most, Interlocked.Increment(ref running));
                    await Task.Delay(delays[item], token);
                    Interlocked.Decrement(ref running);
                    return 10 * item;
                }
            )
            .ToListAsync();

        Assert.Equal(Enumerable.Range(0, 40).Select(item => 10 * item), results);
        Assert.InRange(most, 1, count);
    }

    [Fact]
    public async Task What_the_work_throws_is_thrown_in_its_place()
    {
        List<int> seen = [];

        await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (
                var item in Enumerable
                    .Range(0, 9)
                    .ToAsyncEnumerable()
                    .SelectAhead(3, (item, _) => item == 2 ? throw new FormatException() : Task.FromResult(item))
            )
            {
                seen.Add(item);
            }
        });

        Assert.Equal([0, 1], seen);
    }

    [Fact]
    public async Task What_the_items_throw_is_thrown_after_the_results()
    {
        List<int> seen = [];

        await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (var item in Items().SelectAhead(3, (item, _) => Task.FromResult(item)))
            {
                seen.Add(item);
            }
        });

        Assert.Equal([1, 2], seen);

        static async IAsyncEnumerable<int> Items()
        {
            yield return 1;
            yield return 2;
            await Task.Yield();
            throw new FormatException();
        }
    }

    [Fact]
    public async Task Once_it_has_ended_so_has_all_work()
    {
        var running = 0;

        await foreach (
            var _ in Enumerable
                .Range(0, 100)
                .ToAsyncEnumerable()
                .SelectAhead(
                    4,
                    async (item, token) =>
                    {
                        Interlocked.Increment(ref running);
                        try
                        {
                            await Task.Delay(item == 0 ? 0 : Timeout.Infinite, token);
                        }
                        finally
                        {
                            Interlocked.Decrement(ref running);
                        }

                        return item;
                    }
                )
        )
        {
            break;
        }

        Assert.Equal(0, running);
    }

    private static void InterlockedMax(ref int place, int value)
    {
        for (var seen = place; value > seen; seen = place)
        {
            Interlocked.CompareExchange(ref place, value, seen);
        }
    }
}
