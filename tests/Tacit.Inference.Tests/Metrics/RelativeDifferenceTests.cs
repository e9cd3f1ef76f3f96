using Tacit.Inference.Metrics;

namespace Tacit.Inference.Tests.Metrics;

public sealed class RelativeDifferenceTests
{
    [Fact]
    public void Is_a_share_of_the_largest_number() => Assert.Equal(0.125, RelativeDifference.Of([1, -4], [1.5f, -4]));

    [Fact]
    public void Is_zero_for_equal_tensors_of_zeros() => Assert.Equal(0, RelativeDifference.Of([0, 0], [0, 0]));

    [Fact]
    public void Is_infinite_where_the_reference_is_zero() => Assert.Equal(double.PositiveInfinity, RelativeDifference.Of([0, 0], [0, 1]));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Is_infinite_where_a_number_is_not_finite(float number)
    {
        Assert.Equal(double.PositiveInfinity, RelativeDifference.Of([number, 1], [number, 1]));
        Assert.Equal(double.PositiveInfinity, RelativeDifference.Of([1, 1], [number, 1]));
    }

    [Fact]
    public void Refuses_tensors_of_different_sizes() => Assert.Throws<ArgumentException>(() => RelativeDifference.Of([1], [1, 2]));
}
