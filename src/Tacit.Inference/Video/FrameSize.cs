namespace Tacit.Inference.Video;

/// <summary>The size in which frames are read, by what is done with a video's own size. Equal where they do the same.</summary>
/// <remarks>
/// ffmpeg scales by its triangle filter (flags bilinear+accurate_rnd+full_chroma_int+bitexact), which is widened where the
/// picture shrinks, so that nothing aliases, and gives the same bytes on every processor.
/// </remarks>
public sealed record FrameSize
{
    private readonly int _shortSide;
    private readonly int _width;
    private readonly int _height;

    private FrameSize(int shortSide, int width, int height) => (_shortSide, _width, _height) = (shortSide, width, height);

    /// <summary>As the video is shown.</summary>
    public static FrameSize Original { get; } = new(0, 0, 0);

    /// <summary>
    /// The shorter side becomes so long, also where it was shorter; the longer one keeps the aspect, rounded to an even number of
    /// pixels, as most codecs want it. 100 of 480 x 360 is 134 x 100.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">It is not at least 1.</exception>
    public static FrameSize ShortSide(int pixels) => new(Require.AtLeast(1, pixels, nameof(pixels)), 0, 0);

    /// <summary>Exactly this size: scaled, with its aspect kept, until it is covered, and what lies outside cut off on both sides alike.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is not at least 1.</exception>
    public static FrameSize CentreCrop(int width, int height) =>
        new(0, Require.AtLeast(1, width, nameof(width)), Require.AtLeast(1, height, nameof(height)));

    /// <summary>The size of the frames of a video, in pixels.</summary>
    public (int Width, int Height) Of(VideoInfo video)
    {
        ArgumentNullException.ThrowIfNull(video);
        return _width > 0 ? (_width, _height) : Scaled(video);
    }

    // What ffmpeg does to a frame.
    internal string Filters(VideoInfo video)
    {
        var (width, height) = Scaled(video);
        var scale = $"scale={width}:{height}:flags=bilinear+accurate_rnd+full_chroma_int+bitexact,format=rgb24";
        return _width == 0 ? scale : $"{scale},crop={_width}:{_height}:{(width - _width) / 2}:{(height - _height) / 2}";
    }

    // The size before cropping.
    private (int Width, int Height) Scaled(VideoInfo video)
    {
        var (width, height) = ((long)video.Width, (long)video.Height);
        if (_shortSide > 0)
        {
            return width <= height ? (_shortSide, Even(height, width)) : (Even(width, height), _shortSide);
        }

        if (_width == 0)
        {
            return (video.Width, video.Height);
        }

        // The side that is shorter in proportion fits exactly.
        return width * _height <= height * _width
            ? (_width, Math.Max(_height, Rounded(height * _width, width)))
            : (Math.Max(_width, Rounded(width * _height, height)), _height);
    }

    private int Even(long longer, long shorter) => checked(2 * Rounded(longer * _shortSide, 2 * shorter));

    private static int Rounded(long numerator, long denominator) => checked((int)(((2 * numerator) + denominator) / (2 * denominator)));
}
