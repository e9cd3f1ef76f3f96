using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Tests.Video.Decoding;

public sealed class FrameRatesTests
{
    private static readonly Rational Milliseconds = new(1, 1000);

    // 30000/1001 frames per second in whole milliseconds: the steps are 33 and 34.
    [Fact]
    public void Rounding_is_no_variable_rate()
    {
        long[] times = [.. Enumerable.Range(0, 100).Select(i => (long)Math.Round(i * 1001 / 30.0))];

        var told = FrameRates.Of(times, 100, Milliseconds, new Rational(30000, 1001));
        var measured = FrameRates.Of(times, 100, Milliseconds);

        Assert.Equal((30000 / 1001.0, false), (told.Average, told.IsVariable));
        Assert.Equal(30000 / 1001.0, measured.Average, 0.01);
        Assert.False(measured.IsVariable);
    }

    [Fact]
    public void A_gap_is_a_variable_rate() =>
        Assert.Equal(
            new FrameRates(1000 / 45.0, true, TimeSpan.FromMilliseconds(225)),
            FrameRates.Of([0, 40, 80, 120, 180], 5, Milliseconds)
        );

    [Fact]
    public void What_the_file_tells_does_not_stand_against_its_times() =>
        Assert.Equal(25, FrameRates.Of([0, 40, 80], 3, Milliseconds, new Rational(50, 1), new Rational(100, 1)).Average);

    [Fact]
    public void Without_times_the_file_is_believed() =>
        Assert.Equal(new FrameRates(50, false, TimeSpan.FromSeconds(2)), FrameRates.Of([], 100, Milliseconds, null, new Rational(50, 1)));
}
