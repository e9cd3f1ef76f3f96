using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using Tacit.Inference.Video.Storage;

namespace Tacit.Inference.Video.Sets;

/// <summary>Collects the unreadable videos of a set and enforces the limit on their number. Several threads can add at a time.</summary>
/// <param name="set">The set.</param>
/// <param name="allowed">The share of the set that may be unreadable, 0 to 1.</param>
internal sealed class UnreadableVideos(VideoSet set, double allowed)
{
    private const int Named = 5;

    private readonly ConcurrentQueue<UnreadableVideo> _videos = new();

    /// <summary>The number of unreadable videos so far.</summary>
    public int Count => _videos.Count;

    /// <summary>The unreadable videos so far, ordered by name.</summary>
    public ImmutableArray<UnreadableVideo> InOrder => [.. _videos.OrderBy(video => video.Name, StringComparer.Ordinal)];

    /// <summary>Adds a video.</summary>
    /// <param name="item">The video.</param>
    /// <param name="reason">Why it cannot be read, on one line.</param>
    /// <exception cref="InvalidDatasetException">
    /// More videos are unreadable than allowed, or all of the set are. The message names up to five of them.
    /// </exception>
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
