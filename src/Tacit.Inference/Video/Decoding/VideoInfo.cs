namespace Tacit.Inference.Video.Decoding;

/// <summary>The properties of a video file, as found by <see cref="VideoProbe"/>.</summary>
/// <remarks>
/// Pixels are treated as square and opaque: <see cref="PixelAspectRatio"/> and <see cref="HasAlpha"/> do not change the frames
/// that are read. Interlaced frames are read with both fields, and a high dynamic range is not mapped to a lower one.
/// </remarks>
public sealed record VideoInfo
{
    /// <summary>The path of the file; <see cref="VideoProbe"/> makes it a full path.</summary>
    public required string Path { get; init; }

    /// <summary>The width of the displayed picture in pixels, after <see cref="Rotation"/>.</summary>
    public required int Width { get; init; }

    /// <summary>The height of the displayed picture in pixels, after <see cref="Rotation"/>.</summary>
    public required int Height { get; init; }

    /// <summary>The number of frames that decoding produces. Frames are numbered from 0 in display order.</summary>
    public required int Frames { get; init; }

    /// <summary>Frames per second, on average.</summary>
    public required double FrameRate { get; init; }

    /// <summary>Whether the intervals between frames vary by more than the rounding of timestamps.</summary>
    public bool IsVariableFrameRate { get; init; }

    /// <summary>The time from the start of the first frame to the end of the last.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>
    /// The clockwise rotation in degrees that is applied to the stored picture for display, 0 to 359. 90 and 270 exchange width
    /// and height; angles that are not multiples of 90 turn the picture within a frame of the stored size, as in ffmpeg.
    /// </summary>
    public int Rotation { get; init; }

    /// <summary>The name of the codec in ffmpeg, such as "h264".</summary>
    public required string Codec { get; init; }

    /// <summary>
    /// The number of video streams in the file, without cover pictures. Only one is read: the default, or the largest if there
    /// is no default, as in ffmpeg.
    /// </summary>
    public int VideoStreams { get; init; } = 1;

    /// <summary>Width divided by height of a pixel on the screen; 1 for square pixels or if unknown.</summary>
    public double PixelAspectRatio { get; init; } = 1;

    /// <summary>Whether the file declares that each frame consists of two fields.</summary>
    public bool IsInterlaced { get; init; }

    /// <summary>Whether the file declares a high dynamic range (PQ or HLG).</summary>
    public bool IsHighDynamicRange { get; init; }

    /// <summary>Whether the pixels have a transparency.</summary>
    public bool HasAlpha { get; init; }

    /// <summary>
    /// The approximate number of frames by which the file is shorter than its header states; 0 if it is complete or the header
    /// states no number.
    /// </summary>
    public int MissingFrames { get; init; }

    /// <summary>
    /// The timestamps of the frames and the points at which decoding can start; null if the record was not created by <see
    /// cref="VideoProbe"/>.
    /// </summary>
    internal FrameTable? Table { get; init; }
}
