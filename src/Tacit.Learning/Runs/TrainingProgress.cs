using System.Collections.Immutable;

namespace Tacit.Learning.Runs;

/// <summary>How far a job is.</summary>
/// <param name="Stage">The stage, such as "synthesis".</param>
/// <param name="Step">The steps of the stage that are done.</param>
/// <param name="Steps">The steps of the stage in all.</param>
/// <param name="Losses">The losses of the last step by name.</param>
public sealed record TrainingProgress(string Stage, long Step, long Steps, ImmutableSortedDictionary<string, double> Losses);

/// <summary>The losses of a step.</summary>
internal static class Losses
{
    /// <summary>Losses by name.</summary>
    public static ImmutableSortedDictionary<string, double> Of(params ReadOnlySpan<(string Name, double Value)> losses)
    {
        var named = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach (var (name, value) in losses)
        {
            named.Add(name, value);
        }

        return named.ToImmutable();
    }
}

/// <summary>Estimates the time that a stage will still take.</summary>
/// <remarks>
/// A mean over the steps so far that forgets: the newest interval counts at least one twentieth, so that the estimate follows a
/// machine that becomes slower or faster. It begins anew with each stage.
/// </remarks>
/// <param name="time">The clock.</param>
public sealed class ProgressClock(TimeProvider time)
{
    private const double NewestShare = 0.05;

    private string? _stage;
    private long _lastStep;
    private long _lastTime;
    private int _observations;
    private double _secondsPerStep;

    /// <summary>Takes note of the steps done and returns the time left; null before there is a pace to go by.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="step">The steps that are done.</param>
    /// <param name="steps">The steps of the stage in all; 0 where that is not known.</param>
    public TimeSpan? Remaining(string stage, long step, long steps)
    {
        if (stage != _stage)
        {
            (_stage, _lastStep, _lastTime, _observations, _secondsPerStep) = (stage, step, time.GetTimestamp(), 0, 0);
        }

        if (step > _lastStep)
        {
            var seconds = time.GetElapsedTime(_lastTime).TotalSeconds / (step - _lastStep);
            var share = Math.Max(1.0 / ++_observations, NewestShare);
            _secondsPerStep += share * (seconds - _secondsPerStep);
            _lastStep = step;
            _lastTime = time.GetTimestamp();
        }

        return _observations == 0 || steps <= 0 ? null : TimeSpan.FromSeconds(_secondsPerStep * Math.Max(0, steps - _lastStep));
    }
}
