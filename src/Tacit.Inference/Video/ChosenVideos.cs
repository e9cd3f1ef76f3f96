using System.Collections.Immutable;

namespace Tacit.Inference.Video;

/// <summary>Some videos of a store, such as those of a fold. Does not own the store.</summary>
public sealed class ChosenVideos : IFrameStore
{
    private readonly IFrameStore _store;
    private readonly ImmutableArray<int> _chosen;

    /// <summary>A choice of videos.</summary>
    /// <param name="store">The store.</param>
    /// <param name="chosen">The indices of the videos in the store, in the order that they get here.</param>
    /// <exception cref="ArgumentOutOfRangeException">The store has no such video.</exception>
    public ChosenVideos(IFrameStore store, ImmutableArray<int> chosen)
    {
        ArgumentNullException.ThrowIfNull(store);
        foreach (var video in chosen)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(video, nameof(chosen));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(video, store.Videos.Length, nameof(chosen));
        }

        (_store, _chosen, Videos) = (store, chosen, [.. chosen.Select(video => store.Videos[video])]);
    }

    /// <inheritdoc/>
    public ImmutableArray<StoredVideo> Videos { get; }

    /// <inheritdoc/>
    public ValueTask<VideoFrames> ReadAsync(int video, ReadOnlyMemory<int> frames, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(video);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(video, _chosen.Length);
        return _store.ReadAsync(_chosen[video], frames, cancellation);
    }

    /// <summary>Nothing: the store is its owner's.</summary>
    public void Dispose() { }
}
