using System.Collections.Immutable;

namespace Tacit.Inference.Video;

/// <summary>A video whose frames can be read by number, and what is known of it.</summary>
/// <param name="Name">Its name in the set, such as its path below the folder; no other has it.</param>
/// <param name="Frames">The number of its frames, at least 1.</param>
/// <param name="Height">The height of its frames as they are stored, in pixels.</param>
/// <param name="Width">The width of its frames as they are stored, in pixels.</param>
/// <param name="FrameRate">Frames per second, on average.</param>
public sealed record StoredVideo(string Name, int Frames, int Height, int Width, double FrameRate)
{
    /// <summary>Its class; null where none is known. Never used by pretraining.</summary>
    public string? Label { get; init; }

    /// <summary>What it was cut from: videos of one source are never divided between training and test. Null: a source of its own.</summary>
    public string? Source { get; init; }

    /// <summary>The part of the set that it belongs to, such as "train" or "test", in lower case; null where the set has no parts.</summary>
    public string? Split { get; init; }
}

/// <summary>Videos whose frames can be read by number. Serves several threads at a time.</summary>
public interface IFrameStore : IDisposable
{
    /// <summary>The videos, in an order that depends on their names alone.</summary>
    ImmutableArray<StoredVideo> Videos { get; }

    /// <summary>Reads frames of a video.</summary>
    /// <param name="video">The index of the video.</param>
    /// <param name="frames">The numbers of the frames, from 0, in any order; a number may come more than once.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <returns>The frames in the order asked for, of the size that the store keeps.</returns>
    /// <exception cref="Tacit.Graphs.InvalidVideoException">The video cannot be read.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such video or frame.</exception>
    ValueTask<VideoFrames> ReadAsync(int video, ReadOnlyMemory<int> frames, CancellationToken cancellation);
}
