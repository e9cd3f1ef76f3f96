using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Tacit.Graphs;

namespace Tacit.Inference.Video;

// The videos of a set that could not be read. Serves several threads at a time.
internal sealed class UnreadableVideos(VideoSet set, double allowed)
{
    private const int Named = 5;

    private readonly ConcurrentQueue<UnreadableVideo> _videos = new();

    public int Count => _videos.Count;

    public ImmutableArray<UnreadableVideo> InOrder => [.. _videos.OrderBy(video => video.Name, StringComparer.Ordinal)];

    // InvalidDatasetException: there are more than are allowed now, or all are unreadable.
    public void Add(VideoItem item, string reason)
    {
        _videos.Enqueue(new UnreadableVideo(item.Name, reason));
        if (Count > allowed * set.Items.Length || Count == set.Items.Length)
        {
            var videos = InOrder;
            var more = videos.Length > Named ? $"; and {videos.Length - Named} more" : "";
            throw new InvalidDatasetException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{set.Path}: {videos.Length} of {set.Items.Length} videos cannot be read, more than the {100 * allowed:0.##} % allowed: {string.Join("; ", videos.Take(Named).Select(video => $"{video.Name} ({video.Reason})"))}{more}"
                )
            )
            {
                Path = set.Path,
            };
        }
    }
}
