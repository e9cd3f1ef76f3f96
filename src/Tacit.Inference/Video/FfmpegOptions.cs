namespace Tacit.Inference.Video;

/// <summary>How the programs ffmpeg and ffprobe are found and run.</summary>
public sealed record FfmpegOptions
{
    /// <summary>
    /// The folder of ffmpeg and ffprobe, or the path of ffmpeg with ffprobe beside it. Default null: what the environment
    /// variable TACIT_FFMPEG says, else the folders of PATH.
    /// </summary>
    public string? Location { get; init; }

    /// <summary>Programs that run at a time for one probe or reader; further calls wait. At least 1. Default: the number of processors.</summary>
    public int Processes
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = Environment.ProcessorCount;

    /// <summary>Threads that decode in one program, at least 1. Default 1: many videos at a time use the processors better.</summary>
    public int Threads
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 1;

    /// <summary>
    /// How long a program may give nothing before it is killed. The time in which nobody asks for frames does not count.
    /// Default 5 minutes.
    /// </summary>
    public TimeSpan Timeout
    {
        get;
        init => field = Require.Positive(value);
    } = TimeSpan.FromMinutes(5);
}
