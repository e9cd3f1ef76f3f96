using Tacit.Learning.Runs;

namespace Tacit.Learning.Tests.Runs;

public sealed class ProgressClockTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Nothing_is_known_before_the_first_step() => Assert.Null(new ProgressClock(_time).Remaining("one", 0, 10));

    [Fact]
    public void Steps_of_one_length_go_on_like_that()
    {
        var clock = new ProgressClock(_time);
        clock.Remaining("one", 10, 110);
        for (var step = 11; step <= 20; step++)
        {
            _time.Advance(2);
            clock.Remaining("one", step, 110);
        }

        Assert.Equal(180, clock.Remaining("one", 20, 110)!.Value.TotalSeconds, 3);
    }

    [Fact]
    public void Several_steps_at_a_time_count_singly()
    {
        var clock = new ProgressClock(_time);
        clock.Remaining("one", 0, 100);
        _time.Advance(10);

        Assert.Equal(95, clock.Remaining("one", 10, 100)!.Value.TotalSeconds + 5, 3);
    }

    [Fact]
    public void Follows_a_machine_that_becomes_slower()
    {
        var clock = new ProgressClock(_time);
        clock.Remaining("one", 0, 1000);
        for (var step = 1; step <= 500; step++)
        {
            _time.Advance(step <= 300 ? 1 : 3);
            clock.Remaining("one", step, 1000);
        }

        Assert.InRange(clock.Remaining("one", 500, 1000)!.Value.TotalSeconds, 1490, 1510);
    }

    [Fact]
    public void Nothing_is_left_at_the_end()
    {
        var clock = new ProgressClock(_time);
        clock.Remaining("one", 0, 2);
        _time.Advance(1);

        Assert.Equal(TimeSpan.Zero, clock.Remaining("one", 2, 2));
    }

    [Fact]
    public void Another_stage_has_another_pace()
    {
        var clock = new ProgressClock(_time);
        clock.Remaining("one", 0, 10);
        _time.Advance(1000);
        clock.Remaining("one", 10, 10);

        Assert.Null(clock.Remaining("two", 0, 10));
        _time.Advance(2);

        Assert.Equal(18, clock.Remaining("two", 1, 10)!.Value.TotalSeconds, 3);
    }

    [Fact]
    public void Nothing_is_known_of_a_stage_without_an_end()
    {
        var clock = new ProgressClock(_time);
        clock.Remaining("one", 0, 0);
        _time.Advance(1);

        Assert.Null(clock.Remaining("one", 1, 0));
    }
}
