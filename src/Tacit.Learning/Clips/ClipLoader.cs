using System.Collections.Immutable;
using Tacit.Inference;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Clips;

/// <summary>Describes how the clips of a training are drawn.</summary>
/// <param name="Stream">The prefix of the names of random streams, which separates the stages of a run.</param>
/// <param name="Sampling">The number of frames and the speeds.</param>
/// <param name="Views">The clips that are drawn from each video.</param>
/// <param name="BatchSize">The number of videos B in a batch.</param>
/// <param name="MaxUnreadable">The share of videos, 0 to 1, that may be unreadable.</param>
/// <param name="Seed">The seed of the run.</param>
internal sealed record ClipDrawing(
    string Stream,
    ClipSamplingOptions Sampling,
    ImmutableArray<ClipView> Views,
    int BatchSize,
    double MaxUnreadable,
    ulong Seed
);

/// <summary>
/// Reads the clips of a step. Each pass visits the videos in a new random order, and each clip starts in a random window.
/// </summary>
/// <remarks>
/// <para>
/// A batch is a function of the seed, the step, and which videos are readable. A pass consists of full batches; the remaining videos are
/// skipped, and the next pass has another order.
/// </para>
/// <para>
/// A video that cannot be read is replaced by another one, which is a function of seed, step and item. If more videos than allowed are
/// unreadable, loading fails and lists them. The loader can be used by several threads at the same time.
/// </para>
/// </remarks>
internal sealed class ClipLoader
{
    private const int MostAttempts = 100;

    private readonly IFrameStore _store;
    private readonly ClipSampler _sampler;
    private readonly ImmutableArray<int> _speeds;
    private readonly ImmutableArray<ClipView> _views;
    private readonly int _batchSize;

    // The remaining videos of a pass are skipped. The next pass has another order.
    private readonly int _batchesPerEpoch;
    private readonly ulong _seed;
    private readonly string _stream;
    private readonly UnreadableVideos _unreadable;
    private volatile EpochOrder? _order;

    /// <summary>Creates a loader.</summary>
    /// <param name="drawing">How clips are drawn.</param>
    /// <param name="store">The videos; at least one batch.</param>
    public ClipLoader(ClipDrawing drawing, IFrameStore store)
    {
        (_store, _views, _batchSize) = (store, drawing.Views, drawing.BatchSize);
        (_seed, _stream) = (drawing.Seed, drawing.Stream);
        _unreadable = new UnreadableVideos(store.Videos.Length, drawing.MaxUnreadable) { MayBeAll = true };
        (_sampler, _speeds) = (new ClipSampler(drawing.Sampling), drawing.Sampling.Speeds);
        _batchesPerEpoch = store.Videos.Length / _batchSize;
    }

    /// <summary>The videos that could not be read so far, by name, with the reasons.</summary>
    public ImmutableSortedDictionary<string, string> Unreadable =>
        _unreadable.InOrder.ToImmutableSortedDictionary(video => video.Name, video => video.Reason, StringComparer.Ordinal);

    /// <summary>Adds videos that were unreadable before a resume, so that they are reported and counted.</summary>
    /// <param name="unreadable">The reasons by the names of the videos. Unknown names are ignored.</param>
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

    /// <summary>Loads the clips of a step. The videos are read concurrently.</summary>
    /// <param name="step">The number of the batch, from 0.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    /// <returns>V · B clips, view by view: clip i of view v is in row v · B + i.</returns>
    /// <exception cref="InvalidDatasetException">Too many videos cannot be read.</exception>
    public async ValueTask<LoadedBatch> LoadAsync(long step, CancellationToken cancellation)
    {
        var items = await Task.WhenAll(Enumerable.Range(0, _batchSize).Select(item => ReadItemAsync(step, item, cancellation).AsTask()))
            .ConfigureAwait(false);
        var rows = Enumerable.Range(0, _views.Length).SelectMany(view => items.Select(item => item[view])).ToList();
        return new LoadedBatch(step, [.. rows.Select(row => row.Frames)], [.. rows.Select(row => row.Identity)]);
    }

    /// <summary>Loads all views of one item of a step, from its own video or from a random readable one.</summary>
    /// <remarks>
    /// Speeds are shuffled for each item, so views of different speeds differ, and each view has every speed equally often on average.
    /// </remarks>
    /// <param name="step">The number of the batch, from 0.</param>
    /// <param name="item">The index of the item in the batch, 0 to B - 1.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    /// <exception cref="InvalidDatasetException">Too many videos cannot be read, or 100 attempts in a row failed.</exception>
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
                // The video is only reported. Skipping it in later steps would make the result depend on the past, and a resumed run would
                // differ.
                _unreadable.Add(_store.Videos[video].Name, e.Message);
                video = replacements.NextInt32(_store.Videos.Length);
            }
        }

        throw new InvalidDatasetException(
            $"{MostAttempts} videos in a row could not be read, the last {_store.Videos[video].Name}; is the disk still there?"
        );
    }

    /// <summary>Returns the order of a pass. The last one is cached, because all items of a step need it.</summary>
    private int[] OrderOf(long epoch)
    {
        var order = _order;
        if (order is null || order.Epoch != epoch)
        {
            _order = order = new EpochOrder(epoch, new RandomStream(_seed, $"{_stream}.order", epoch).Permutation(_store.Videos.Length));
        }

        return order.Videos;
    }

    /// <summary>Reads all views of a video in one request, so that a store without a cache opens the file once.</summary>
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
