using System.Globalization;
using Tacit.Learning.Runs;

namespace Tacit.Learning.Quantization.Hast;

/// <summary>Watches the norm of the gradient and the feature loss, and says when a training must go back.</summary>
/// <remarks>
/// Both are compared with their own running means (decay 0.95, after 20 steps): ten times as much is divergence, as is a number
/// that is not finite. Each time back halves the learning rate. The state is part of a checkpoint.
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

    /// <summary>The number of returns so far.</summary>
    public int StepsBack { get; private set; }

    /// <summary>What the learning rate is multiplied by.</summary>
    public double RateFactor => Math.Pow(0.5, StepsBack);

    /// <summary>Whether a step's figures show divergence; if not, they are taken into the means.</summary>
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
    /// <exception cref="TrainingFailedException">It was one too many.</exception>
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

    /// <summary>The means as text, for a checkpoint.</summary>
    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"{_gradient:R} {_features:R} {_seen} {StepsBack}");

    /// <summary>Takes the means of a checkpoint; the number of returns never falls.</summary>
    public void Restore(string text)
    {
        var parts = text.Split(' ');
        _gradient = double.Parse(parts[0], CultureInfo.InvariantCulture);
        _features = double.Parse(parts[1], CultureInfo.InvariantCulture);
        _seen = int.Parse(parts[2], CultureInfo.InvariantCulture);
        StepsBack = Math.Max(StepsBack, int.Parse(parts[3], CultureInfo.InvariantCulture));
    }
}
