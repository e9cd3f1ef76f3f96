using System.Collections.Immutable;

namespace Tacit.Inference.Video.Storage;

/// <summary>Validates the arguments of <see cref="IFrameStore.ReadAsync"/> for all stores.</summary>
internal static class FrameRequestValidation
{
    /// <summary>Checks that a video and all requested frames exist and that the frames fit into one array.</summary>
    /// <param name="videos">The videos of the store.</param>
    /// <param name="video">The index of the requested video.</param>
    /// <param name="frames">The requested frame numbers.</param>
    /// <returns>The requested video.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The video or a frame does not exist, no frame is requested, or the frames take more than 2 GB.
    /// </exception>
    public static StoredVideo Check(ImmutableArray<StoredVideo> videos, int video, ReadOnlySpan<int> frames)
    {
        if (video < 0 || video >= videos.Length)
        {
            throw new ArgumentOutOfRangeException(nameof(video), video, $"there are {videos.Length} videos");
        }

        var stored = videos[video];
        foreach (var frame in frames)
        {
            if (frame < 0 || frame >= stored.Frames)
            {
                throw new ArgumentOutOfRangeException(nameof(frames), frame, $"{stored.Name} has {stored.Frames} frames");
            }
        }

        return frames.Length > 0 && 3L * frames.Length * stored.Height * stored.Width <= Array.MaxLength
            ? stored
            : throw new ArgumentOutOfRangeException(
                nameof(frames),
                frames.Length,
                "at least one frame is read, and no more than 2 GB at a time"
            );
    }
}
