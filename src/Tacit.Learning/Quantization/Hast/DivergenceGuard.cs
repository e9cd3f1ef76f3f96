using Tacit.Learning.Runs;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>Detects that a fine-tuning diverges, from the norm of the gradient and the feature loss.</summary>
/// <remarks>
/// Both are compared with their own running means, which have a decay of 0.95. After 20 steps, more than ten times the mean is
/// divergence. A number that is not finite always is. Each return to an earlier state halves the learning rate; the ninth
/// return fails. The paper has no such guard.
/// </remarks>
internal sealed class DivergenceGuard
{
    private const double Tenfold = 10;
    private const double Decay = 0.95;
    private const int Settling = 20;
    private const int MostStepsBack = 8;

    private double _gradient;
    private double _features;
    private int _seen;

    /// <summary>The number of returns to an earlier state so far, 0 to 8.</summary>
    public int StepsBack { get; private set; }

    /// <summary>The factor of the learning rate, 1/2 to the power of <see cref="StepsBack"/>.</summary>
    public double RateFactor => Math.Pow(0.5, StepsBack);

    /// <summary>Returns whether a step diverged. The figures of a step that did not are added to the means.</summary>
    /// <param name="gradient">The norm of the gradient before clipping.</param>
    /// <param name="features">The feature alignment loss, 0 where it is switched off.</param>
    /// <param name="loss">The whole loss. It only has to be finite; it may grow.</param>
    public bool IsDiverging(double gradient, double features, double loss)
    {
        if (
            !double.IsFinite(gradient + features + loss)
            || (_seen >= Settling && (gradient > Tenfold * _gradient || features > Tenfold * Math.Max(_features, 1e-12)))
        )
        {
            return true;
        }

        var decay = _seen == 0 ? 0 : Math.Min(Decay, _seen / (_seen + 1.0));
        _gradient = decay * _gradient + (1 - decay) * gradient;
        _features = decay * _features + (1 - decay) * features;
        _seen++;
        return false;
    }

    /// <summary>Counts a return to the last sound state.</summary>
    /// <param name="stage">The name of the stage, for the message.</param>
    /// <param name="step">The step that diverged, for the message.</param>
    /// <exception cref="TrainingFailedException">It is the ninth return.</exception>
    public void CountReturn(string stage, int step)
    {
        if (++StepsBack > MostStepsBack)
        {
            throw new TrainingFailedException(
                $"{stage} diverged {StepsBack} times, the last time at step {step}, also with 1/{1 << MostStepsBack} of the learning rate; "
                    + "try a smaller learning rate or a gradient norm"
            );
        }
    }

    /// <summary>The running means and the number of returns, for a checkpoint.</summary>
    public DivergenceState State => new(_gradient, _features, _seen, StepsBack);

    /// <summary>Restores the running means. The number of returns becomes that of the state only where it is higher.</summary>
    /// <param name="state">The <see cref="State"/> of an earlier step.</param>
    public void Restore(DivergenceState state)
    {
        (_gradient, _features, _seen) = (state.Gradient, state.Features, state.Seen);
        StepsBack = Math.Max(StepsBack, state.StepsBack);
    }
}

/// <summary>What a <see cref="DivergenceGuard"/> remembers between steps.</summary>
/// <param name="Gradient">The running mean of the norm of the gradient.</param>
/// <param name="Features">The running mean of the feature loss.</param>
/// <param name="Seen">The number of steps in the means.</param>
/// <param name="StepsBack">The number of returns to an earlier state.</param>
internal sealed record DivergenceState(double Gradient, double Features, int Seen, int StepsBack);
