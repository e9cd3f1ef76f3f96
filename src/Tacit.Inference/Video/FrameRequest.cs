using System.Collections.Immutable;

namespace Tacit.Inference.Video;

// What every store of frames asks of those who read from it.
internal static class FrameRequest
{
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
