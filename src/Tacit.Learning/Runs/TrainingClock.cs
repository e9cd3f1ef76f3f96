namespace Tacit.Learning.Runs;

/// <summary>Measures how the time of a training is spent, across all processes that worked on it.</summary>
/// <param name="time">The clock.</param>
internal sealed class TrainingClock(TimeProvider time)
{
    private long _started = time.GetTimestamp();
    private TimeSpan _before;
    private TimeSpan _waiting;
    private TimeSpan _augmenting;

    /// <summary>The share of the time spent waiting for clips, 0 to 1.</summary>
    public double WaitingShare => Share(_waiting);

    /// <summary>The share of the time spent augmenting clips, 0 to 1.</summary>
    public double AugmentationShare => Share(_augmenting);

    private TimeSpan Elapsed => _before + time.GetElapsedTime(_started);

    /// <summary>Returns the current timestamp, to be passed to <see cref="Waited"/> or <see cref="Augmented"/>.</summary>
    public long Stamp() => time.GetTimestamp();

    /// <summary>Counts the time since a timestamp as waiting.</summary>
    public void Waited(long since) => _waiting += time.GetElapsedTime(since);

    /// <summary>Counts the time since a timestamp as augmentation.</summary>
    public void Augmented(long since) => _augmenting += time.GetElapsedTime(since);

    /// <summary>The times so far, for a checkpoint.</summary>
    public TrainingTimes Times => new(Elapsed, _waiting, _augmenting);

    /// <summary>Continues from the times of another process.</summary>
    /// <param name="times">Its <see cref="Times"/>.</param>
    public void Restore(TrainingTimes times)
    {
        (_before, _waiting, _augmenting) = times;
        _started = time.GetTimestamp();
    }

    private double Share(TimeSpan part) => Elapsed > TimeSpan.Zero ? part / Elapsed : 0;
}

/// <summary>How the time of a training was spent.</summary>
/// <param name="Elapsed">All of it.</param>
/// <param name="Waiting">Of that, the time spent waiting for clips.</param>
/// <param name="Augmenting">Of that, the time spent augmenting clips.</param>
internal sealed record TrainingTimes(TimeSpan Elapsed, TimeSpan Waiting, TimeSpan Augmenting);
