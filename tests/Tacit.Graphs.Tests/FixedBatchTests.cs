namespace Tacit.Graphs.Tests;

public sealed class FixedBatchTests
{
    [Theory]
    [InlineData(2, new long[] { 2, 10 }, new long[] { 2, 10 })]
    [InlineData(2, new long[] { 6, 10 }, new long[] { 6, 10 })]
    [InlineData(2, new long[] { 2 }, new long[] { 2 })]
    [InlineData(2, new long[] { 20 }, new long[] { 2, 10 })]
    [InlineData(1, new long[] { 10 }, new long[] { 1, 10 })]
    [InlineData(2, new long[] { 1, 20 }, null)]
    [InlineData(2, new long[] { }, null)]
    public void Results_have_rows_where_the_first_axis_holds_the_samples(long batch, long[] sizes, long[]? rows) =>
        Assert.Equal(rows, FixedBatch.RowSizes(sizes, batch));

    [Fact]
    public void Joined_results_end_with_the_last_sample()
    {
        var first = TensorData.Of<long>([1, 2, 3, 4], 2, 2);
        var second = TensorData.Of<long>([5, 6, 0, 0], 2, 2);

        var joined = FixedBatch.Join([first, second], batch: 2, count: 3);

        Assert.Equal([3L, 2], joined.Sizes);
        Assert.Equal([1L, 2, 3, 4, 5, 6], joined.ToInt64());
    }

    [Fact]
    public void Results_without_an_axis_for_the_samples_are_stacked()
    {
        var joined = FixedBatch.Join([TensorData.Of<long>([1, 2, 3], 1, 3), TensorData.Of<long>([4, 5, 6], 1, 3)], batch: 2, count: 4);

        Assert.Equal([2L, 1, 3], joined.Sizes);
    }

    [Fact]
    public void Results_of_different_sizes_are_refused() =>
        Assert.Equal(
            "one batch gives 1, another 2: they cannot be joined",
            Assert
                .Throws<UnsuitableModelException>(() =>
                    FixedBatch.Join([TensorData.Of<long>([1], 1), TensorData.Of<long>([1, 2], 2)], 1, 2)
                )
                .Message
        );
}
