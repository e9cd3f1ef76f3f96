namespace Tacit.Inference.Video;

/// <summary>How videos are run through a network.</summary>
public sealed record VideoEncodingOptions
{
    /// <summary>How many clips of each video are seen, evenly spaced (<see cref="Video.TestClips"/>). Default null: as the preprocessing says, 10.</summary>
    public int? Clips
    {
        get;
        init => field = value is { } clips ? Require.AtLeast(1, clips) : null;
    }

    /// <summary>Clips that are run at once. Default 10.</summary>
    public int Batch
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 10;

    /// <summary>
    /// Whether the features of each clip are scaled to length 1 before their mean is taken. Default false, as in RSPNet's
    /// retrieval: the mean is that of the network's own features, in which a clip that excites it more counts more, and a linear
    /// probe sees them as they are. Never for a classifier, whose scores are averaged as they are.
    /// </summary>
    public bool NormalizeClips { get; init; }

    /// <summary>Batches that are read and prepared at once, ahead of the network. Default 2.</summary>
    public int Readers
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 2;

    /// <summary>How ffmpeg is found and run, where files are given. Default: from PATH.</summary>
    public FfmpegOptions Ffmpeg
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Ffmpeg));
    } = new();
}

/// <summary>How far an encoding is.</summary>
/// <param name="Done">Videos whose features are known.</param>
/// <param name="Total">All videos.</param>
public sealed record VideoEncodingProgress(int Done, int Total);
