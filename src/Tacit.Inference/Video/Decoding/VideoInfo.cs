namespace Tacit.Inference.Video.Decoding;

/// <summary>The properties of a video file, as found by <see cref="VideoProbe"/>.</summary>
/// <remarks>Pixels are treated as square; a pixel aspect ratio declared by the file is ignored.</remarks>
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

    /// <summary>The clockwise rotation in degrees that is applied to the stored picture for display: 0, 90, 180 or 270.</summary>
    public int Rotation { get; init; }

    /// <summary>The name of the codec in ffmpeg, such as "h264".</summary>
    public required string Codec { get; init; }

    /// <summary>
    /// The timestamps of the frames and the points at which decoding can start; null if the record was not created by <see
    /// cref="VideoProbe"/>.
    /// </summary>
    internal FrameTable? Table { get; init; }
}
