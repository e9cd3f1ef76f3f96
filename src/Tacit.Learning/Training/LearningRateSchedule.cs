using System.Collections.Immutable;

namespace Tacit.Learning.Training;

/// <summary>A learning rate as a pure function of the step.</summary>
public abstract record LearningRateSchedule
{
    private protected LearningRateSchedule() { }

    /// <summary>The rate of a step, counted from 0.</summary>
    public abstract double At(long step);

    /// <summary>The same rate at every step.</summary>
    public static LearningRateSchedule Constant(double rate) => new ConstantSchedule(rate);

    /// <summary>A linear rise over the first steps, then half a cosine down (Loshchilov and Hutter 2017, without restarts).</summary>
    /// <param name="peak">The highest rate.</param>
    /// <param name="steps">The number of steps, over which the rate falls; later steps have the last rate.</param>
    /// <param name="warmUpSteps">The number of steps of the rise, part of <paramref name="steps"/>.</param>
    /// <param name="last">The rate at the end.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no steps, or more of the rise than of all.</exception>
    public static LearningRateSchedule Cosine(double peak, long steps, long warmUpSteps = 0, double last = 0) =>
        new CosineSchedule(peak, steps, warmUpSteps, last);

    /// <summary>A rate that is multiplied by a factor at each milestone.</summary>
    /// <param name="rate">The first rate.</param>
    /// <param name="milestones">The steps from which on the factor applies once more.</param>
    /// <param name="factor">The factor; PyTorch's default is 0.1.</param>
    public static LearningRateSchedule MultiStep(double rate, ImmutableArray<long> milestones, double factor = 0.1) =>
        new MultiStepSchedule(rate, milestones, factor);

    /// <summary>This schedule, multiplied by a factor that rises to 1 over the first steps: (step + 1) / <paramref name="steps"/>.</summary>
    public LearningRateSchedule WithWarmUp(long steps) => new WarmUpSchedule(this, steps);

    private sealed record ConstantSchedule(double Rate) : LearningRateSchedule
    {
        public override double At(long step) => Rate;
    }

    private sealed record CosineSchedule : LearningRateSchedule
    {
        private readonly double _peak;
        private readonly double _last;
        private readonly long _steps;
        private readonly long _warmUpSteps;

        public CosineSchedule(double peak, long steps, long warmUpSteps, double last)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
            ArgumentOutOfRangeException.ThrowIfNegative(warmUpSteps);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(warmUpSteps, steps);
            (_peak, _steps, _warmUpSteps, _last) = (peak, steps, warmUpSteps, last);
        }

        public override double At(long step)
        {
            if (step < _warmUpSteps)
            {
                return _peak * (step + 1) / _warmUpSteps;
            }

            var part = _steps == _warmUpSteps ? 1 : Math.Min(1, (double)(step - _warmUpSteps) / (_steps - _warmUpSteps));
            return _last + (_peak - _last) * (1 + Math.Cos(Math.PI * part)) / 2;
        }
    }

    private sealed record MultiStepSchedule(double Rate, ImmutableArray<long> Milestones, double Factor) : LearningRateSchedule
    {
        public override double At(long step) => Rate * Math.Pow(Factor, Milestones.Count(milestone => step >= milestone));
    }

    private sealed record WarmUpSchedule(LearningRateSchedule Inner, long Steps) : LearningRateSchedule
    {
        public override double At(long step) => Inner.At(step) * (step < Steps ? (double)(step + 1) / Steps : 1);
    }
}
