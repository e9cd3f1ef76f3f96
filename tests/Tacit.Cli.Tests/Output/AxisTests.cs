using Tacit.Cli.Commands.Quantize;
using Tacit.Cli.Output;

namespace Tacit.Cli.Tests.Output;

public sealed class AxisTests
{
    [Fact]
    public void Ticks_are_round() => Assert.Equal([0, 2, 4, 6, 8], Axis.Over(0, 9.5, logarithmic: false).Ticks);

    [Fact]
    public void Over_decades_ticks_are_powers_of_ten() =>
        Assert.Equal(["0.01", "0.1", "1", "10"], Axis.Over(0.02, 7, logarithmic: true).Ticks.Select(Axis.Label));

    [Fact]
    public void Within_a_decade_the_axis_is_linear() => Assert.Equal(0.5, Axis.Over(2, 4, logarithmic: true).Place(3));

    [Fact]
    public void A_single_value_lies_in_the_middle() => Assert.Equal(0.5, Axis.Over(3, 3, logarithmic: false).Place(3));

    [Theory]
    [InlineData(1500, "1.5k")]
    [InlineData(2_000_000, "2M")]
    [InlineData(0, "0")]
    [InlineData(0.00001, "1e-5")]
    public void Labels_are_short(double value, string label) => Assert.Equal(label, Axis.Label(value));
}
