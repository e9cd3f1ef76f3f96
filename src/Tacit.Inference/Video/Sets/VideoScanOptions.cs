using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Video.Sets;

/// <summary>Specifies what a <see cref="VideoScan"/> reports.</summary>
public sealed record VideoScanOptions
{
    /// <summary>
    /// The number of frames below which a video counts as too short, such as the span of a clip; at least 1. Default 1: no
    /// video is too short.
    /// </summary>
    public int MinFrames
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 1;

    /// <summary>
    /// The duration from which a video is reported as unusually long. Default 1 hour: such files are mostly uncut recordings.
    /// </summary>
    public TimeSpan LongFrom
    {
        get;
        init => field = Require.Positive(value);
    } = TimeSpan.FromHours(1);

    /// <summary>Whether every frame is also decoded. This finds damage within a file but takes far longer. Default false.</summary>
    public bool Decode { get; init; }

    /// <summary>The number of videos that are checked at a time, at least 1. Default: the number of processors.</summary>
    public int Parallelism
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = Environment.ProcessorCount;

    /// <summary>How ffmpeg is found and run. Default: from <c>TACIT_FFMPEG</c> or <c>PATH</c>, one thread per program.</summary>
    public FfmpegOptions Ffmpeg { get; init; } = new();
}
