namespace Tacit.Cli.Rendering;

/// <summary>Estimates the time left in a stage from the pace since it began.</summary>
internal sealed class StageClock(TimeProvider time)
{
    private string? _stage;
    private long _start;
    private long _first;

    /// <summary>The time left; null before there is a pace to go by.</summary>
    public TimeSpan? Left(StageProgress progress)
    {
        if (progress.Stage != _stage)
        {
            (_stage, _start, _first) = (progress.Stage, time.GetTimestamp(), progress.Done);
        }

        var done = progress.Done - _first;
        return done > 0 && progress.Total > 0 ? time.GetElapsedTime(_start) / done * Math.Max(0, progress.Total - progress.Done) : null;
    }
}
