using System.Collections.Immutable;

namespace Tacit.Learning.Optimization;

/// <summary>A learning rate as a pure function of the step. Schedules have no state and compare by value.</summary>
/// <example><code>
/// var schedule = LearningRateSchedule.Cosine(peak: 0.1, steps: 1000, warmUpSteps: 100);
/// var rate = schedule.At(0); // 0.001
/// </code></example>
public abstract record LearningRateSchedule
{
    /// <summary>Restricts derived types to this class.</summary>
    private protected LearningRateSchedule() { }

    /// <summary>Returns the learning rate of a step.</summary>
    /// <param name="step">The step, from 0.</param>
    public abstract double At(long step);

    /// <summary>Creates a schedule with the same rate at every step.</summary>
    /// <param name="rate">The learning rate.</param>
    public static LearningRateSchedule Constant(double rate) => new ConstantSchedule(rate);

    /// <summary>
    /// Creates a schedule that rises linearly and then falls along half a cosine (Loshchilov and Hutter 2017, without
    /// restarts).
    /// </summary>
    /// <remarks>
    /// The rate of step t is peak · (t + 1) / W during the W warm-up steps, then last + (peak - last) · (1 + cos(π (t - W) /
    /// (steps - W))) / 2.
    /// </remarks>
    /// <param name="peak">The highest rate.</param>
    /// <param name="steps">The total number of steps, at least 1. Later steps have the rate <paramref name="last"/>.</param>
    /// <param name="warmUpSteps">The number of steps of the linear rise, included in <paramref name="steps"/>. Default 0.</param>
    /// <param name="last">The rate after the last step. Default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="steps"/> is less than 1, or <paramref name="warmUpSteps"/> is negative or exceeds it.
    /// </exception>
    public static LearningRateSchedule Cosine(double peak, long steps, long warmUpSteps = 0, double last = 0) =>
        new CosineSchedule(peak, steps, warmUpSteps, last);

    /// <summary>Creates a schedule whose rate is multiplied by a factor at each milestone.</summary>
    /// <param name="rate">The initial rate.</param>
    /// <param name="milestones">The steps from which the factor applies once more.</param>
    /// <param name="factor">The factor. Default 0.1, as in PyTorch's MultiStepLR.</param>
    public static LearningRateSchedule MultiStep(double rate, ImmutableArray<long> milestones, double factor = 0.1) =>
        new MultiStepSchedule(rate, milestones, factor);

    /// <summary>
    /// Returns this schedule with a linear warm-up: during the first steps the rate is multiplied by (step + 1) / <paramref
    /// name="steps"/>.
    /// </summary>
    /// <param name="steps">The number of warm-up steps; 0 for none.</param>
    public LearningRateSchedule WithWarmUp(long steps) => new WarmUpSchedule(this, steps);

    /// <summary>The same rate at every step.</summary>
    private sealed record ConstantSchedule(double Rate) : LearningRateSchedule
    {
        /// <inheritdoc/>
        public override double At(long step) => Rate;
    }

    /// <summary>A linear rise to the peak, then half a cosine to the last rate.</summary>
    private sealed record CosineSchedule : LearningRateSchedule
    {
        private readonly double _peak;
        private readonly double _last;
        private readonly long _steps;
        private readonly long _warmUpSteps;

        /// <summary>Creates the schedule after checking its numbers of steps.</summary>
        /// <exception cref="ArgumentOutOfRangeException">
        /// There are no steps, or the warm-up is negative or longer than all steps.
        /// </exception>
        public CosineSchedule(double peak, long steps, long warmUpSteps, double last)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
            ArgumentOutOfRangeException.ThrowIfNegative(warmUpSteps);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(warmUpSteps, steps);
            (_peak, _steps, _warmUpSteps, _last) = (peak, steps, warmUpSteps, last);
        }

        /// <inheritdoc/>
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

    /// <summary>rate · factor^(number of milestones reached).</summary>
    private sealed record MultiStepSchedule(double Rate, ImmutableArray<long> Milestones, double Factor) : LearningRateSchedule
    {
        /// <inheritdoc/>
        public override double At(long step) => Rate * Math.Pow(Factor, Milestones.Count(milestone => step >= milestone));
    }

    /// <summary>The inner schedule, multiplied by (t + 1) / steps during the first steps.</summary>
    private sealed record WarmUpSchedule(LearningRateSchedule Inner, long Steps) : LearningRateSchedule
    {
        /// <inheritdoc/>
        public override double At(long step) => Inner.At(step) * (step < Steps ? (double)(step + 1) / Steps : 1);
    }
}
