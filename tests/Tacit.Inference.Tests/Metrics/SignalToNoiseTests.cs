using Tacit.Inference.Metrics;

namespace Tacit.Inference.Tests.Metrics;

public sealed class SignalToNoiseTests
{
    [Fact]
    public void Gives_twenty_decibels_for_a_tenth() => Assert.Equal(20, SignalToNoise.Decibels([3, 4], [3, 4.5f]), 1e-9);

    [Fact]
    public void Is_infinite_for_equal_tensors() => Assert.Equal(double.PositiveInfinity, SignalToNoise.Decibels([1, 2], [1, 2]));

    [Fact]
    public void Is_minus_infinite_where_there_is_only_noise() =>
        Assert.Equal(double.NegativeInfinity, SignalToNoise.Decibels([0, 0], [1, 2]));

    [Fact]
    public void Is_no_number_where_a_value_is_not() => Assert.Equal(double.NaN, SignalToNoise.Decibels([1, 2], [1, float.NaN]));

    [Fact]
    public void Refuses_tensors_of_different_sizes() => Assert.Throws<ArgumentException>(() => SignalToNoise.Decibels([1], [1, 2]));
}
