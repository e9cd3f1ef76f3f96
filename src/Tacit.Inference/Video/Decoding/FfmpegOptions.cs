namespace Tacit.Inference.Video.Decoding;

/// <summary>Specifies how the programs ffmpeg and ffprobe are found and run.</summary>
public sealed record FfmpegOptions
{
    /// <summary>
    /// The folder that contains ffmpeg and ffprobe, or the path of ffmpeg with ffprobe in the same folder. Default null: the environment
    /// variable <c>TACIT_FFMPEG</c>, or the folders of <c>PATH</c> if it is not set.
    /// </summary>
    public string? Location { get; init; }

    /// <summary>
    /// The number of programs that one probe or reader runs at a time, at least 1. Further calls wait. Default: the number of
    /// processors.
    /// </summary>
    public int Processes
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = Environment.ProcessorCount;

    /// <summary>
    /// The number of decoding threads in each program, at least 1. Default 1: decoding many videos at a time uses the
    /// processors better than decoding one video with many threads.
    /// </summary>
    public int Threads
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 1;

    /// <summary>
    /// How long a program may produce no output before it is killed. Only the time in which the caller waits for output counts.
    /// Default 5 minutes.
    /// </summary>
    public TimeSpan Timeout
    {
        get;
        init => field = Require.Positive(value);
    } = TimeSpan.FromMinutes(5);
}
