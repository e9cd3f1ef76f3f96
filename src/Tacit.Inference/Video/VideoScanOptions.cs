namespace Tacit.Inference.Video;

/// <summary>What a check of a set of videos looks for.</summary>
public sealed record VideoScanOptions
{
    /// <summary>The frames that a video must have, such as the span that clips are cut from. Default 1: any.</summary>
    public int MinFrames
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 1;

    /// <summary>From which length on a video is remarked on. Default 1 hour: such files are mostly uncut.</summary>
    public TimeSpan LongFrom
    {
        get;
        init => field = Require.Positive(value);
    } = TimeSpan.FromHours(1);

    /// <summary>Whether every frame is decoded too, which finds damage within a file and takes far longer. Default false.</summary>
    public bool Decode { get; init; }

    /// <summary>Videos that are looked at a time. Default: the number of processors.</summary>
    public int Parallelism
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = Environment.ProcessorCount;

    /// <summary>How ffmpeg is found and run. Default: from PATH.</summary>
    public FfmpegOptions Ffmpeg { get; init; } = new();
}
