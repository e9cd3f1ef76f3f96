using System.Collections.Immutable;

namespace Tacit.Inference.Video;

/// <summary>What a check found a video to be.</summary>
public enum VideoState
{
    /// <summary>Nothing stands out.</summary>
    Ok,

    /// <summary>It can be used; something about it may surprise.</summary>
    Odd,

    /// <summary>It can be read, and has fewer frames than asked for.</summary>
    TooShort,

    /// <summary>The file has no bytes, or the video no frames.</summary>
    Empty,

    /// <summary>It cannot be read.</summary>
    Broken,
}

/// <summary>What a check found of a video.</summary>
/// <param name="Item">The video.</param>
/// <param name="State">The verdict.</param>
public sealed record VideoCheck(VideoItem Item, VideoState State)
{
    /// <summary>Why the verdict is not <see cref="VideoState.Ok"/>, a clause for each reason.</summary>
    public ImmutableArray<string> Remarks { get; init; } = [];

    /// <summary>What the file holds; null where it cannot be read.</summary>
    public VideoInfo? Info { get; init; }
}

/// <summary>What a check found of a set.</summary>
/// <param name="Videos">Its videos, in the order of the set.</param>
public sealed record VideoScanResult(ImmutableArray<VideoCheck> Videos)
{
    /// <summary>The number of videos with a verdict.</summary>
    public int Count(VideoState state) => Videos.Count(video => video.State == state);

    /// <summary>Whether every video can be read, however short or odd.</summary>
    public bool AllReadable => Count(VideoState.Broken) + Count(VideoState.Empty) == 0;
}
