namespace Tacit.Inference.Video;

/// <summary>What a video file holds.</summary>
/// <remarks>Pixels are taken as square: a pixel aspect ratio that the file asks for is left to what shows it.</remarks>
public sealed record VideoInfo
{
    /// <summary>The file.</summary>
    public required string Path { get; init; }

    /// <summary>The width in pixels as it is shown, after <see cref="Rotation"/>.</summary>
    public required int Width { get; init; }

    /// <summary>The height in pixels as it is shown, after <see cref="Rotation"/>.</summary>
    public required int Height { get; init; }

    /// <summary>The frames that decoding gives, numbered from 0 in the order in which they are shown.</summary>
    public required int Frames { get; init; }

    /// <summary>Frames per second, on average.</summary>
    public required double FrameRate { get; init; }

    /// <summary>Whether the time between frames varies by more than rounding.</summary>
    public bool IsVariableFrameRate { get; init; }

    /// <summary>The time from the first frame to the end of the last.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>By how many degrees the stored picture is turned clockwise to be shown: 0, 90, 180 or 270.</summary>
    public int Rotation { get; init; }

    /// <summary>The codec, such as "h264".</summary>
    public required string Codec { get; init; }

    // When its frames are shown and where decoding can begin. Null where the record was not made by VideoProbe.
    internal FrameTable? Table { get; init; }
}
