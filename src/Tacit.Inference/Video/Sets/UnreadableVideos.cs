using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;

namespace Tacit.Inference.Video.Sets;

/// <summary>Collects unreadable videos and enforces the limit on their number. Several threads can add at a time.</summary>
/// <param name="total">The number of videos, readable or not.</param>
/// <param name="allowed">The share of them that may be unreadable, 0 to 1.</param>
public sealed class UnreadableVideos(int total, double allowed)
{
    private const int Named = 5;

    private readonly ConcurrentDictionary<string, string> _videos = new(StringComparer.Ordinal);

    /// <summary>Gets the path of the set, with which messages begin; null for none.</summary>
    public string? Path { get; init; }

    /// <summary>Gets what messages call the videos. Default "videos".</summary>
    public string Kind { get; init; } = "videos";

    /// <summary>
    /// Gets whether all videos may be listed. This is so where a listed video can still be read in parts. Default false.
    /// </summary>
    public bool MayBeAll { get; init; }

    /// <summary>Gets the number of unreadable videos so far.</summary>
    public int Count => _videos.Count;

    /// <summary>Gets the unreadable videos so far, ordered by name.</summary>
    public ImmutableArray<UnreadableVideo> InOrder =>
        [.. _videos.Select(video => new UnreadableVideo(video.Key, video.Value)).OrderBy(video => video.Name, StringComparer.Ordinal)];

    /// <summary>Adds a video without enforcing the limit. A video that was added before keeps its first reason.</summary>
    /// <param name="name">The name of the video.</param>
    /// <param name="reason">Why it cannot be read, on one line.</param>
    public void Remember(string name, string reason) => _videos.TryAdd(name, reason);

    /// <summary>Adds a video. A video that was added before counts once.</summary>
    /// <inheritdoc cref="Remember"/>
    /// <exception cref="InvalidDatasetException">
    /// More videos are unreadable than allowed, or all are. The message names up to five of them.
    /// </exception>
    public void Add(string name, string reason)
    {
        Remember(name, reason);
        var tooMany = Count > allowed * total;
        if (tooMany || (Count == total && !MayBeAll))
        {
            var videos = InOrder;
            var place = Path is null ? "" : $"{Path}: ";
            var limit = tooMany ? string.Create(CultureInfo.InvariantCulture, $", more than the {100 * allowed:0.##} % allowed") : "";
            var more = videos.Length > Named ? $"; and {videos.Length - Named} more" : "";
            throw new InvalidDatasetException(
                $"{place}{videos.Length} of {total} {Kind} cannot be read{limit}: {string.Join("; ", videos.Take(Named).Select(video => $"{video.Name} ({video.Reason})"))}{more}"
            )
            {
                Path = Path,
            };
        }
    }
}
