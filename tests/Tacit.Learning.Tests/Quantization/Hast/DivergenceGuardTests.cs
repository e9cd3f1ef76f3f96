using Tacit.Learning.Optimization;
using Tacit.Learning.Quantization.Hast;
using Tacit.Learning.Runs;

namespace Tacit.Learning.Tests.Quantization.Hast;

public sealed class DivergenceGuardTests
{
    private const int Settling = 20;

    [Theory]
    [InlineData(double.NaN, 1, 1)]
    [InlineData(1, double.PositiveInfinity, 1)]
    [InlineData(1, 1, double.NaN)]
    public void A_number_that_is_not_finite_is_divergence_at_once(double gradient, double features, double loss) =>
        Assert.True(new DivergenceGuard().IsDiverging(gradient, features, loss));

    [Theory]
    [InlineData(10.001, 1, true)]
    [InlineData(10, 10, false)]
    [InlineData(1, 10.001, true)]
    public void More_than_ten_times_the_mean_is_divergence(double gradient, double features, bool diverges) =>
        Assert.Equal(diverges, Steady(Settling).IsDiverging(gradient, features, 1));

    [Fact]
    public void The_loss_may_grow() => Assert.False(Steady(Settling).IsDiverging(1, 1, 1000));

    [Theory]
    [InlineData(Settling - 1, false)]
    [InlineData(Settling, true)]
    public void The_first_twenty_steps_may_do_anything(int seen, bool diverges) =>
        Assert.Equal(diverges, Steady(seen).IsDiverging(100, 1, 1));

    // Without alignment features are 0 at every step.
    [Fact]
    public void Features_of_nothing_are_no_divergence()
    {
        var guard = Steady(Settling, features: 0);

        Assert.False(guard.IsDiverging(1, 0, 1));
        Assert.True(guard.IsDiverging(1, 1.001e-11, 1));
    }

    // The mean of the first 20 steps, from then on a running mean that keeps 95 %.
    [Theory]
    [InlineData(20)]
    [InlineData(21)]
    [InlineData(60)]
    public void The_mean_is_of_the_first_steps_and_then_forgets(int seen)
    {
        var figures = new float[2 * seen];
        new RandomStream(1, "figures").FillUniform(figures, 1, 2);
        var guard = new DivergenceGuard();
        var means = (Gradient: 0.0, Features: 0.0);
        for (var step = 0; step < seen; step++)
        {
            var share = 1 / Math.Min(step + 1.0, 20);
            means.Gradient += share * (figures[2 * step] - means.Gradient);
            means.Features += share * (figures[2 * step + 1] - means.Features);
            Assert.False(guard.IsDiverging(figures[2 * step], figures[2 * step + 1], 1));
        }

        Assert.False(Copy(guard).IsDiverging(9.9999 * means.Gradient, 9.9999 * means.Features, 1));
        Assert.True(Copy(guard).IsDiverging(10.0001 * means.Gradient, 1, 1));
        Assert.True(Copy(guard).IsDiverging(1, 10.0001 * means.Features, 1));
    }

    [Fact]
    public void What_diverged_does_not_raise_the_mean()
    {
        var guard = Steady(Settling);
        Assert.True(guard.IsDiverging(1000, 1, 1));

        Assert.True(guard.IsDiverging(10.001, 1, 1));
    }

    [Fact]
    public void Each_return_halves_the_rate_and_the_ninth_is_one_too_many()
    {
        var guard = new DivergenceGuard();
        for (var returns = 1; returns <= 8; returns++)
        {
            guard.CountReturn("fine-tuning", 7);
            Assert.Equal((returns, Math.Pow(2, -returns)), (guard.StepsBack, guard.RateFactor));
        }

        var failure = Assert.Throws<TrainingFailedException>(() => guard.CountReturn("fine-tuning", 7));
        Assert.StartsWith("fine-tuning diverged 9 times, the last time at step 7", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Going_back_to_a_state_does_not_forget_the_returns_since()
    {
        var guard = Steady(Settling);
        var sound = guard.State;
        guard.CountReturn("fine-tuning", 30);
        guard.Restore(sound);

        Assert.Equal(1, guard.StepsBack);
        Assert.Equal(1, Copy(guard).StepsBack);
    }

    private static DivergenceGuard Steady(int seen, double features = 1)
    {
        var guard = new DivergenceGuard();
        for (var step = 0; step < seen; step++)
        {
            Assert.False(guard.IsDiverging(1, features, 1));
        }

        return guard;
    }

    private static DivergenceGuard Copy(DivergenceGuard guard)
    {
        var copy = new DivergenceGuard();
        copy.Restore(guard.State);
        return copy;
    }
}
