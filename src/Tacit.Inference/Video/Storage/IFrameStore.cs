using System.Collections.Immutable;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Video.Storage;

/// <summary>A video of an <see cref="IFrameStore"/>, whose frames can be read by number.</summary>
/// <param name="Name">The name in the set, such as the path relative to its folder. Names are unique within a store.</param>
/// <param name="Frames">The number of frames, at least 1.</param>
/// <param name="Height">The height of the stored frames in pixels.</param>
/// <param name="Width">The width of the stored frames in pixels.</param>
/// <param name="FrameRate">Frames per second, on average.</param>
public sealed record StoredVideo(string Name, int Frames, int Height, int Width, double FrameRate)
{
    /// <summary>The class; null if unknown. Pretraining never uses it.</summary>
    public string? Label { get; init; }

    /// <summary>
    /// The recording that the video was cut from. Videos of one source are kept on the same side of every division into
    /// training and test. Null if the video is its own source.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>
    /// The part of the set that the video belongs to, such as "train" or "test", in lower case; null if the set is not divided.
    /// </summary>
    public string? Split { get; init; }
}

/// <summary>A set of videos whose frames can be read by number. Several threads can read at a time.</summary>
/// <example><code>
/// StoredVideo video = store.Videos[0];
/// VideoFrames clip = await store.ReadAsync(0, new[] { 0, 2, 4, 6 }, cancellation);
/// </code></example>
public interface IFrameStore : IDisposable
{
    /// <summary>
    /// The videos. Their order depends only on their names, except in a <see cref="ChosenVideos"/>, which keeps the given
    /// order.
    /// </summary>
    ImmutableArray<StoredVideo> Videos { get; }

    /// <summary>Reads frames of a video.</summary>
    /// <param name="video">The index of the video in <see cref="Videos"/>.</param>
    /// <param name="frames">The frame numbers, from 0, in any order; at least one. A number may occur more than once.</param>
    /// <param name="cancellation">Cancels the read.</param>
    /// <returns>The frames in the requested order, in the size that the store keeps.</returns>
    /// <exception cref="InvalidVideoException">The video cannot be decoded.</exception>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The video or a frame does not exist, no frame is requested, or the frames take more than 2 GB.
    /// </exception>
    ValueTask<VideoFrames> ReadAsync(int video, ReadOnlyMemory<int> frames, CancellationToken cancellation);
}
