using System.Globalization;

namespace Tacit.Learning.Training;

/// <summary>Where the time of a training goes, over all the processes that worked on it.</summary>
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

    /// <summary>Begins to wait or augment; the stamp goes to one of the next two.</summary>
    public long Stamp() => time.GetTimestamp();

    /// <summary>Counts the time since a stamp as waiting.</summary>
    public void Waited(long since) => _waiting += time.GetElapsedTime(since);

    /// <summary>Counts the time since a stamp as augmentation.</summary>
    public void Augmented(long since) => _augmenting += time.GetElapsedTime(since);

    /// <summary>The times so far, as text of a checkpoint.</summary>
    public string ToText() =>
        string.Join(' ', new[] { Elapsed, _waiting, _augmenting }.Select(span => span.Ticks.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Goes on from the times of another process.</summary>
    public void Restore(string text)
    {
        var spans = text.Split(' ').Select(part => TimeSpan.FromTicks(long.Parse(part, CultureInfo.InvariantCulture))).ToArray();
        (_before, _waiting, _augmenting) = (spans[0], spans[1], spans[2]);
        _started = time.GetTimestamp();
    }

    private double Share(TimeSpan part) => Elapsed > TimeSpan.Zero ? part / Elapsed : 0;
}
