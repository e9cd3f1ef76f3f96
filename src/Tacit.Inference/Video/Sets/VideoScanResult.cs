using System.Collections.Immutable;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Video.Sets;

/// <summary>The verdict on a video.</summary>
public enum VideoState
{
    /// <summary>The video can be used and nothing about it is unusual.</summary>
    Ok,

    /// <summary>The video can be used, but something is unusual, such as a rotation or a variable frame rate.</summary>
    Odd,

    /// <summary>The video can be read but has fewer frames than <see cref="VideoScanOptions.MinFrames"/>.</summary>
    TooShort,

    /// <summary>The file has no bytes, or the video has no frames.</summary>
    Empty,

    /// <summary>
    /// The video can be read, but its end is missing or decoding it reports errors, which are found only with <see
    /// cref="VideoScanOptions.Decode"/>.
    /// </summary>
    Damaged,

    /// <summary>The video cannot be read.</summary>
    Broken,
}

/// <summary>The result of checking one video.</summary>
/// <param name="Item">The video.</param>
/// <param name="State">The verdict.</param>
public sealed record VideoCheck(VideoItem Item, VideoState State)
{
    /// <summary>
    /// The reasons for the verdict, each a short phrase such as "variable frame rate"; empty for <see cref="VideoState.Ok"/>.
    /// </summary>
    public ImmutableArray<string> Remarks { get; init; } = [];

    /// <summary>The properties of the file; null if it cannot be probed.</summary>
    public VideoInfo? Info { get; init; }
}

/// <summary>The result of checking a set.</summary>
/// <param name="Videos">The results of the videos, in the order of the set.</param>
public sealed record VideoScanResult(ImmutableArray<VideoCheck> Videos)
{
    /// <summary>Counts the videos with a given verdict.</summary>
    public int Count(VideoState state) => Videos.Count(video => video.State == state);

    /// <summary>Whether every video can be read. Videos that are damaged, too short or odd count as readable.</summary>
    public bool AllReadable => Count(VideoState.Broken) + Count(VideoState.Empty) == 0;

    /// <summary>Whether every video can be read and none is damaged.</summary>
    public bool AllIntact => AllReadable && Count(VideoState.Damaged) == 0;
}
