using System.Collections.Immutable;
using Tacit.Inference;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Clips;

/// <summary>How the clips of a training are drawn.</summary>
/// <param name="Stream">What the names of its random streams begin with.</param>
/// <param name="Sampling">Which frames make a clip.</param>
/// <param name="Views">The clips of each video.</param>
/// <param name="BatchSize">The videos of a step.</param>
/// <param name="MaxUnreadable">The share of videos that may be unreadable, from 0 to 1.</param>
/// <param name="Seed">The seed of the run.</param>
internal sealed record ClipDrawing(
    string Stream,
    ClipSamplingOptions Sampling,
    ImmutableArray<ClipView> Views,
    int BatchSize,
    double MaxUnreadable,
    ulong Seed
);

/// <summary>Reads the clips of a step: each pass over the videos in a new order, each clip from a random window.</summary>
/// <remarks>
/// A batch is a function of seed, step and what can be read. A video whose frames cannot be read is replaced by another, chosen by (seed,
/// step, item), and remembered; when too many cannot be read, loading fails with their names. Serves several threads at a time.
/// </remarks>
internal sealed class ClipLoader
{
    private const int MostAttempts = 100;

    private readonly IFrameStore _store;
    private readonly ClipSampler _sampler;
    private readonly ImmutableArray<int> _speeds;
    private readonly ImmutableArray<ClipView> _views;
    private readonly int _batchSize;

    // What does not fill a batch at the end of a pass is left to the next, in another order.
    private readonly int _batchesPerEpoch;
    private readonly ulong _seed;
    private readonly string _stream;
    private readonly UnreadableVideos _unreadable;
    private volatile EpochOrder? _order;

    /// <summary>A loader.</summary>
    /// <param name="drawing">How clips are drawn.</param>
    /// <param name="store">The videos.</param>
    public ClipLoader(ClipDrawing drawing, IFrameStore store)
    {
        (_store, _views, _batchSize) = (store, drawing.Views, drawing.BatchSize);
        (_seed, _stream) = (drawing.Seed, drawing.Stream);
        _unreadable = new UnreadableVideos(store.Videos.Length, drawing.MaxUnreadable) { MayBeAll = true };
        (_sampler, _speeds) = (new ClipSampler(drawing.Sampling), drawing.Sampling.Speeds);
        _batchesPerEpoch = store.Videos.Length / _batchSize;
    }

    /// <summary>The videos that could not be read, with reasons.</summary>
    public ImmutableSortedDictionary<string, string> Unreadable =>
        _unreadable.InOrder.ToImmutableSortedDictionary(video => video.Name, video => video.Reason, StringComparer.Ordinal);

    /// <summary>Takes note of videos that could not be read before.</summary>
    public void Remember(IReadOnlyDictionary<string, string> unreadable)
    {
        foreach (var video in _store.Videos)
        {
            if (unreadable.TryGetValue(video.Name, out var reason))
            {
                _unreadable.Remember(video.Name, reason);
            }
        }
    }

    /// <summary>The clips of a step.</summary>
    /// <exception cref="InvalidDatasetException">Too many videos cannot be read.</exception>
    public async ValueTask<LoadedBatch> LoadAsync(long step, CancellationToken cancellation)
    {
        var items = await Task.WhenAll(Enumerable.Range(0, _batchSize).Select(item => ReadItemAsync(step, item, cancellation).AsTask()))
            .ConfigureAwait(false);
        var rows = Enumerable.Range(0, _views.Length).SelectMany(view => items.Select(item => item[view])).ToList();
        return new LoadedBatch(step, [.. rows.Select(row => row.Frames)], [.. rows.Select(row => row.Identity)]);
    }

    /// <summary>The views of one item of a step: of its video, or of the first readable one among random others.</summary>
    /// <exception cref="InvalidDatasetException">Too many videos cannot be read.</exception>
    public async ValueTask<ImmutableArray<(VideoFrames Frames, ClipIdentity Identity)>> ReadItemAsync(
        long step,
        int item,
        CancellationToken cancellation
    )
    {
        var video = OrderOf(step / _batchesPerEpoch)[((int)(step % _batchesPerEpoch) * _batchSize) + item];
        var replacements = new RandomStream(_seed, $"{_stream}.replacement", step, item);
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return await ReadViewsAsync(video, step, item, cancellation).ConfigureAwait(false);
            }
            catch (InvalidVideoException e)
            {
                // Only reported: whether it is read again does not depend on what happened before, or a resumed run would differ.
                _unreadable.Add(_store.Videos[video].Name, e.Message);
                video = replacements.NextInt32(_store.Videos.Length);
            }
        }

        throw new InvalidDatasetException(
            $"{MostAttempts} videos in a row could not be read, the last {_store.Videos[video].Name}; is the disk still there?"
        );
    }

    // The last one is kept: the items of a step ask for the same.
    private int[] OrderOf(long epoch)
    {
        var order = _order;
        if (order is null || order.Epoch != epoch)
        {
            _order = order = new EpochOrder(epoch, new RandomStream(_seed, $"{_stream}.order", epoch).Permutation(_store.Videos.Length));
        }

        return order.Videos;
    }

    // One request for all views: a store that decodes opens the file once.
    private async ValueTask<ImmutableArray<(VideoFrames Frames, ClipIdentity Identity)>> ReadViewsAsync(
        int video,
        long step,
        int item,
        CancellationToken cancellation
    )
    {
        var random = new RandomStream(_seed, $"{_stream}.clips", step, item);
        var speeds = _speeds.ToArray();
        random.Shuffle(speeds.AsSpan());
        SampledClip[] drawn =
        [
            .. _views.Select(view => _sampler.Sample(_store.Videos[video].Frames, speeds[Math.Min(view.Speed, speeds.Length - 1)], random)),
        ];
        var frames = await _store.ReadAsync(video, drawn.SelectMany(clip => clip.Frames).ToArray(), cancellation).ConfigureAwait(false);
        var length = drawn[0].Frames.Length;
        return
        [
            .. drawn.Select(
                (clip, view) =>
                    (
                        Part(frames, view * length, length),
                        new ClipIdentity(step, (view * _batchSize) + item, video, clip.IsExact ? clip.Speed : ClipIdentity.NoSpeed)
                    )
            ),
        ];
    }

    private static VideoFrames Part(VideoFrames frames, int first, int count)
    {
        var size = 3 * frames.Height * frames.Width;
        return new VideoFrames(count, frames.Height, frames.Width, frames.Pixels.Slice(first * size, count * size).ToArray());
    }

    private sealed record EpochOrder(long Epoch, int[] Videos);
}
