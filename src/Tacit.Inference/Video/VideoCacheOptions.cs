namespace Tacit.Inference.Video;

/// <summary>How the videos of a set become frames, in a cache or live; both give the same frames for the same options.</summary>
public sealed record VideoCacheOptions
{
    /// <summary>The short side of frames in pixels; smaller videos keep their size. Default 128: crops of 112 are cut from it, as in the published recipes.</summary>
    public int ShortSide
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 128;

    /// <summary>The share of videos, 0 to 1, that may be unreadable before the set is refused. Default 0.05.</summary>
    public double MaxBad
    {
        get;
        init => field = Require.InRange(0, 1, value);
    } = 0.05;

    /// <summary>Videos that are decoded at a time. Default: the number of processors.</summary>
    public int Parallelism
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = Environment.ProcessorCount;

    /// <summary>How ffmpeg is found and run. Default: from PATH.</summary>
    public FfmpegOptions Ffmpeg { get; init; } = new();

    /// <summary>Whether a cache of another set or short side is replaced, its frames removed, instead of refused. Default false.</summary>
    public bool Replace { get; init; }

    /// <summary>The same, with a short side that clips of a size can be cut from.</summary>
    /// <param name="size">The side of the clips in pixels.</param>
    public VideoCacheOptions For(int size) => this with { ShortSide = Math.Max(ShortSide, size) };

    // Never enlarged: that would cost room and show nothing more.
    internal FrameSize SizeOf(VideoInfo video) =>
        Math.Min(video.Width, video.Height) <= ShortSide ? FrameSize.Original : FrameSize.ShortSide(ShortSide);
}

/// <summary>A video that was left out.</summary>
/// <param name="Name">Its name in the set.</param>
/// <param name="Reason">What is wrong with it, one line.</param>
public sealed record UnreadableVideo(string Name, string Reason);

/// <summary>How far work on a set of videos has come.</summary>
/// <param name="Stage">What is done: "probing", "decoding" or "checking"; "waiting" while another process builds the cache.</param>
/// <param name="Done">Videos done, or frames where it is decoding.</param>
/// <param name="Total">How many there are.</param>
/// <param name="Unreadable">Videos that could not be read so far.</param>
public sealed record VideoSetProgress(string Stage, long Done, long Total, int Unreadable);
