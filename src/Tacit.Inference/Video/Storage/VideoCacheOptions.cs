using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Video.Storage;

/// <summary>
/// Specifies how the videos of a set are converted into frames. A cache and live decoding produce the same frames for the same
/// options.
/// </summary>
public sealed record VideoCacheOptions
{
    /// <summary>
    /// The length of the shorter side of the frames in pixels, at least 1. Smaller videos keep their size. Default 128:
    /// published recipes cut crops of 112 pixels from frames of this size.
    /// </summary>
    public int ShortSide
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = 128;

    /// <summary>The share of videos, 0 to 1, that may be unreadable before the set is rejected. Default 0.05.</summary>
    public double MaxBad
    {
        get;
        init => field = Require.InRange(0, 1, value);
    } = 0.05;

    /// <summary>The number of videos that are probed or decoded at a time, at least 1. Default: the number of processors.</summary>
    public int Parallelism
    {
        get;
        init => field = Require.AtLeast(1, value);
    } = Environment.ProcessorCount;

    /// <summary>How ffmpeg is found and run. Default: from <c>TACIT_FFMPEG</c> or <c>PATH</c>, one thread per program.</summary>
    public FfmpegOptions Ffmpeg { get; init; } = new();

    /// <summary>
    /// Whether a cache of another set or short side is replaced and its frames are removed. Default false: it is rejected.
    /// </summary>
    public bool Replace { get; init; }

    /// <summary>
    /// Returns these options with a short side of at least the given size, so that clips of that size can be cropped from the
    /// frames.
    /// </summary>
    /// <param name="size">The width and height of the clips in pixels.</param>
    public VideoCacheOptions For(int size) => this with { ShortSide = Math.Max(ShortSide, size) };

    /// <summary>The size of the frames of a video. Small videos are not enlarged, which would take space and add no detail.</summary>
    internal FrameSize SizeOf(VideoInfo video) =>
        Math.Min(video.Width, video.Height) <= ShortSide ? FrameSize.Original : FrameSize.ShortSide(ShortSide);
}
