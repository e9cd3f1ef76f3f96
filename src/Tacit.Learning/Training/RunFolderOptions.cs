namespace Tacit.Learning.Training;

/// <summary>How a run folder is kept. None of it changes the result of a run.</summary>
public sealed record RunFolderOptions
{
    /// <summary>The time between checkpoints, which is what an interruption may cost. Default: one minute.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    public TimeSpan CheckpointInterval
    {
        get;
        init =>
            field =
                value >= TimeSpan.Zero
                    ? value
                    : throw new ArgumentOutOfRangeException(nameof(CheckpointInterval), value, "must not be negative");
    } = TimeSpan.FromMinutes(1);

    /// <summary>The number of checkpoints that are kept, at least 1. Default: 2, so that one is whole if another is damaged.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than 1.</exception>
    public int CheckpointsKept
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(CheckpointsKept), value, "must be at least 1");
    } = 2;
}
