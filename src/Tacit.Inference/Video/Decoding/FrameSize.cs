namespace Tacit.Inference.Video.Decoding;

/// <summary>
/// Specifies the size in which frames are read, relative to the size of the video. Two values are equal if they produce the
/// same size for every video.
/// </summary>
/// <remarks>
/// ffmpeg scales with its triangle filter (flags bilinear+accurate_rnd+full_chroma_int+bitexact). The filter widens when the
/// picture shrinks, which avoids aliasing, and produces the same bytes on every processor.
/// </remarks>
public sealed record FrameSize
{
    private readonly int _shortSide;
    private readonly int _width;
    private readonly int _height;

    private FrameSize(int shortSide, int width, int height) => (_shortSide, _width, _height) = (shortSide, width, height);

    /// <summary>The size in which the video is displayed; frames are not scaled.</summary>
    public static FrameSize Original { get; } = new(0, 0, 0);

    /// <summary>
    /// Scales the shorter side to a given length, up or down. The longer side keeps the aspect ratio and is rounded to an even
    /// number of pixels, which most codecs require.
    /// </summary>
    /// <param name="pixels">The length of the shorter side in pixels, at least 1.</param>
    /// <returns>The size; with 100 pixels, a video of 480 x 360 becomes 134 x 100.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="pixels"/> is less than 1.</exception>
    public static FrameSize ShortSide(int pixels) => new(Require.AtLeast(1, pixels, nameof(pixels)), 0, 0);

    /// <summary>
    /// Produces frames of exactly the given size. The picture is scaled with its aspect ratio until it covers the size; the
    /// excess is cropped equally on both sides.
    /// </summary>
    /// <param name="width">The width in pixels, at least 1.</param>
    /// <param name="height">The height in pixels, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is less than 1.</exception>
    public static FrameSize CentreCrop(int width, int height) =>
        new(0, Require.AtLeast(1, width, nameof(width)), Require.AtLeast(1, height, nameof(height)));

    /// <summary>Computes the size of the frames that are read from a video.</summary>
    /// <param name="video">The video.</param>
    /// <returns>The width and height in pixels.</returns>
    public (int Width, int Height) Of(VideoInfo video)
    {
        ArgumentNullException.ThrowIfNull(video);
        return _width > 0 ? (_width, _height) : Scaled(video);
    }

    /// <summary>Builds the ffmpeg filter chain that scales, crops and converts frames to rgb24.</summary>
    /// <param name="video">The video to read.</param>
    internal string Filters(VideoInfo video)
    {
        var (width, height) = Scaled(video);
        var scale = $"scale={width}:{height}:flags=bilinear+accurate_rnd+full_chroma_int+bitexact,format=rgb24";
        return _width == 0 ? scale : $"{scale},crop={_width}:{_height}:{(width - _width) / 2}:{(height - _height) / 2}";
    }

    // The size after scaling and before cropping.
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

        // The side that needs the larger scale factor fits exactly.
        return width * _height <= height * _width
            ? (_width, Math.Max(_height, Rounded(height * _width, width)))
            : (Math.Max(_width, Rounded(width * _height, height)), _height);
    }

    private int Even(long longer, long shorter) => checked(2 * Rounded(longer * _shortSide, 2 * shorter));

    private static int Rounded(long numerator, long denominator) => checked((int)(((2 * numerator) + denominator) / (2 * denominator)));
}
