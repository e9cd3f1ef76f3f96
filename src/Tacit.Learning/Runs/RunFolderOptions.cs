namespace Tacit.Learning.Runs;

/// <summary>Specifies how checkpoints are kept in a run folder. These options do not change the result of a run.</summary>
public sealed record RunFolderOptions
{
    /// <summary>
    /// The minimum time between checkpoints, at least zero. An interruption without a chance to save costs at most about this
    /// much work. Default one minute.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan CheckpointInterval
    {
        get;
        init =>
            field =
                value >= TimeSpan.Zero
                    ? value
                    : throw new ArgumentOutOfRangeException(nameof(CheckpointInterval), value, "must not be negative");
    } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// The number of checkpoints kept for each stage, at least 1. Default 2, so that one remains if the other is damaged.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int CheckpointsKept
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(CheckpointsKept), value, "must be at least 1");
    } = 2;
}
