using System.Globalization;

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

    /// <summary>Returns the times so far as text for a checkpoint.</summary>
    public string ToText() =>
        string.Join(' ', new[] { Elapsed, _waiting, _augmenting }.Select(span => span.Ticks.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Continues from times that another process saved with <see cref="ToText"/>.</summary>
    public void Restore(string text)
    {
        var spans = text.Split(' ').Select(part => TimeSpan.FromTicks(long.Parse(part, CultureInfo.InvariantCulture))).ToArray();
        (_before, _waiting, _augmenting) = (spans[0], spans[1], spans[2]);
        _started = time.GetTimestamp();
    }

    private double Share(TimeSpan part) => Elapsed > TimeSpan.Zero ? part / Elapsed : 0;
}
