using Tacit.Learning.Training;

namespace Tacit.Learning.Tests.Training;

public sealed class ProgressClockTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void NothingIsKnownBeforeTheFirstStep() => Assert.Null(new ProgressClock(_time, 10).Remaining(0));

    [Fact]
    public void StepsOfOneLengthGoOnLikeThat()
    {
        var clock = new ProgressClock(_time, steps: 110, firstStep: 10);
        for (var step = 11; step <= 20; step++)
        {
            _time.Advance(2);
            clock.Remaining(step);
        }

        Assert.Equal(180, clock.Remaining(20)!.Value.TotalSeconds, 3);
    }

    [Fact]
    public void SeveralStepsAtATimeCountSingly()
    {
        var clock = new ProgressClock(_time, steps: 100);
        _time.Advance(10);

        Assert.Equal(95, clock.Remaining(10)!.Value.TotalSeconds + 5, 3);
    }

    [Fact]
    public void FollowsAMachineThatBecomesSlower()
    {
        var clock = new ProgressClock(_time, steps: 1000);
        for (var step = 1; step <= 500; step++)
        {
            _time.Advance(step <= 300 ? 1 : 3);
            clock.Remaining(step);
        }

        Assert.InRange(clock.Remaining(500)!.Value.TotalSeconds, 1490, 1510);
    }

    [Fact]
    public void NothingIsLeftAtTheEnd()
    {
        var clock = new ProgressClock(_time, steps: 2);
        _time.Advance(1);

        Assert.Equal(TimeSpan.Zero, clock.Remaining(2));
    }
}
