using System.Collections.Concurrent;
using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Video;
using Tacit.Learning.Training;

namespace Tacit.Learning.Pretraining;

/// <summary>Reads the clips of a step: each pass over the videos in a new order, each clip from a random window.</summary>
/// <remarks>
/// A batch is a function of seed and step. A video that cannot be read is replaced by another, chosen by (seed, step, row), and
/// remembered; when too many cannot be read, loading fails with their names. Serves several threads at a time.
/// </remarks>
internal sealed class ClipLoader
{
    private readonly IFrameStore _store;
    private readonly ClipSampler _sampler;
    private readonly ImmutableArray<int> _speeds;
    private readonly ImmutableArray<ClipView> _views;
    private readonly int _batchSize;

    // What does not fill a batch at the end of a pass is left to the next, in another order.
    private readonly int _batchesPerEpoch;
    private readonly ulong _seed;
    private readonly double _maxUnreadable;
    private readonly ConcurrentDictionary<int, string> _unreadable = new();

    /// <summary>A loader.</summary>
    /// <param name="options">How clips are drawn.</param>
    /// <param name="views">The clips of each video.</param>
    /// <param name="store">The videos.</param>
    public ClipLoader(PretrainingOptions options, ImmutableArray<ClipView> views, IFrameStore store)
    {
        (_store, _views, _batchSize, _seed, _maxUnreadable) = (store, views, options.BatchSize, options.Seed, options.MaxUnreadable);
        (_sampler, _speeds) = (new ClipSampler(options.Sampling), options.Sampling.Speeds);
        _batchesPerEpoch = store.Videos.Length / _batchSize;
    }

    /// <summary>The videos that could not be read, with reasons.</summary>
    public ImmutableArray<(string Name, string Reason)> Unreadable =>
        [.. _unreadable.OrderBy(entry => entry.Key).Select(entry => (_store.Videos[entry.Key].Name, entry.Value))];

    /// <summary>The clips of a step.</summary>
    /// <exception cref="InvalidDatasetException">Too many videos cannot be read.</exception>
    public async ValueTask<PretrainingBatch> LoadAsync(long step, CancellationToken cancellation)
    {
        var order = new RandomStream(_seed, "pretraining.order", step / _batchesPerEpoch).Permutation(_store.Videos.Length);
        var first = (int)(step % _batchesPerEpoch) * _batchSize;
        var clips = new VideoFrames[_views.Length * _batchSize];
        var identities = new ClipIdentity[clips.Length];
        for (var item = 0; item < _batchSize; item++)
        {
            var (video, views) = await ReadAsync(order[first + item], step, item, cancellation).ConfigureAwait(false);
            for (var view = 0; view < views.Length; view++)
            {
                var row = view * _batchSize + item;
                clips[row] = views[view].Frames;
                identities[row] = new ClipIdentity(step, row, video, views[view].Speed);
            }
        }

        return new PretrainingBatch(step, [.. clips], [.. identities]);
    }

    // The views of a video, or of the first readable one among random others.
    private async ValueTask<(int Video, (VideoFrames Frames, int Speed)[] Views)> ReadAsync(int video, long step, int item, CancellationToken cancellation)
    {
        RandomStream? replacements = null;
        while (true)
        {
            if (!_unreadable.ContainsKey(video))
            {
                try
                {
                    return (video, await ReadViewsAsync(video, step, item, cancellation).ConfigureAwait(false));
                }
                catch (InvalidVideoException e)
                {
                    _unreadable.TryAdd(video, e.Message);
                    FailIfTooMany();
                }
            }

            replacements ??= new RandomStream(_seed, "pretraining.replacement", step, item);
            video = replacements.NextInt32(_store.Videos.Length);
        }
    }

    // One request for all views: a store that decodes opens the file once.
    private async ValueTask<(VideoFrames Frames, int Speed)[]> ReadViewsAsync(int video, long step, int item, CancellationToken cancellation)
    {
        var random = new RandomStream(_seed, "pretraining.clips", step, item);
        var speeds = _speeds.ToArray();
        random.Shuffle(speeds.AsSpan());
        SampledClip[] drawn = [.. _views.Select(view => _sampler.Sample(_store.Videos[video].Frames, speeds[Math.Min(view.Speed, speeds.Length - 1)], random))];
        var frames = await _store.ReadAsync(video, drawn.SelectMany(clip => clip.Frames).ToArray(), cancellation).ConfigureAwait(false);
        var length = drawn[0].Frames.Length;
        return [.. drawn.Select((clip, view) => (Part(frames, view * length, length), clip.Speed))];
    }

    private void FailIfTooMany()
    {
        if (_unreadable.Count > _maxUnreadable * _store.Videos.Length)
        {
            throw new InvalidDatasetException(
                $"{_unreadable.Count} of {_store.Videos.Length} videos cannot be read: {string.Join("; ", Unreadable.Take(20).Select(video => $"{video.Name}: {video.Reason}"))}");
        }
    }

    private static VideoFrames Part(VideoFrames frames, int first, int count)
    {
        var size = 3 * frames.Height * frames.Width;
        return new VideoFrames(count, frames.Height, frames.Width, frames.Pixels.Slice(first * size, count * size).ToArray());
    }
}
