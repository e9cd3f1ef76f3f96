using Tacit.Learning.Optimization;

namespace Tacit.Learning.Tests.Optimization;

public sealed class LearningRateScheduleTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1_000_000)]
    public void Constant_is_the_same_at_every_step(long step) => Assert.Equal(0.1, LearningRateSchedule.Constant(0.1).At(step));

    [Theory]
    [InlineData(0, 0.1)] // the first step of the rise
    [InlineData(9, 1)]
    [InlineData(10, 1)]
    [InlineData(60, 0.6)] // half way down from 1 to 0.2
    [InlineData(110, 0.2)]
    [InlineData(500, 0.2)]
    public void CosineRisesAndFalls(long step, double rate) =>
        Assert.Equal(rate, LearningRateSchedule.Cosine(1, 110, warmUpSteps: 10, last: 0.2).At(step), 12);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(9, 1)]
    [InlineData(10, 0.5)]
    [InlineData(19, 0.5)]
    [InlineData(20, 0.25)]
    public void Multi_step_falls_at_its_milestones(long step, double rate) =>
        Assert.Equal(rate, LearningRateSchedule.MultiStep(1, [10, 20], 0.5).At(step), 12);

    [Theory]
    [InlineData(0, 0.25)]
    [InlineData(2, 0.75)]
    [InlineData(3, 1)]
    [InlineData(4, 1)]
    public void Warm_up_rises_in_equal_steps(long step, double rate) =>
        Assert.Equal(rate, LearningRateSchedule.Constant(1).WithWarmUp(4).At(step), 12);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 11)]
    [InlineData(10, -1)]
    public void Cosine_refuses_impossible_steps(long steps, long warmUp) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => LearningRateSchedule.Cosine(1, steps, warmUp));

    [Fact]
    public void Equal_schedules_are_equal() => Assert.Equal(LearningRateSchedule.Cosine(1, 10), LearningRateSchedule.Cosine(1, 10));
}
