using System.Collections.Immutable;
using Tacit.Inference.Video.Decoding;

namespace Tacit.Inference.Video.Storage;

/// <summary>A subset of the videos of another store, such as one fold of a cross-validation.</summary>
/// <remarks>
/// The frames are read from the underlying store on every call; nothing is copied. Disposing this object leaves the underlying
/// store open.
/// </remarks>
/// <example><code>
/// var training = new ChosenVideos(store, [0, 2, 4]);
/// var frames = await training.ReadAsync(1, new[] { 0, 1, 2 }, cancellation); // frames of video 2 of the store
/// </code></example>
public sealed class ChosenVideos : IFrameStore
{
    private readonly IFrameStore _store;
    private readonly ImmutableArray<int> _chosen;

    /// <summary>Creates a view of some videos of a store.</summary>
    /// <param name="store">The store that the frames are read from. The caller keeps ownership of it.</param>
    /// <param name="chosen">The indices of the videos in <paramref name="store"/>, in the order in which this store lists them.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// An index is negative or not less than the number of videos in <paramref name="store"/>.
    /// </exception>
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

    /// <summary>Does nothing. The underlying store belongs to the caller.</summary>
    public void Dispose() { }
}
