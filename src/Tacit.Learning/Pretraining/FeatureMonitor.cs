using System.Collections.Immutable;
using Tacit.Inference.Video;
using Tacit.Learning.Protocols;
using Tacit.Learning.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining;

/// <summary>Looks at the encoder's features of whole videos from time to time: for the log, never for training.</summary>
/// <remarks>
/// Of each video, or of a fixed random choice of 256, one clip from the middle is encoded, prepared as for the finished encoder. The
/// log gets the effective rank and the spread of the features and, where videos have labels and features are finite, the accuracy of
/// the nearest neighbours from other sources. It says what is wrong with features, and never ends a run because of them.
/// </remarks>
internal sealed class FeatureMonitor
{
    private const int MostVideos = 256;
    private const int ClipsAtOnce = 16;

    private readonly IFrameStore _store;
    private readonly Device _device;
    private readonly ClipPreprocessor _preprocessor;
    private readonly int[] _videos;

    public FeatureMonitor(PretrainingOptions options, IFrameStore store, Device device)
    {
        (_store, _device, _preprocessor) = (store, device, new ClipPreprocessor(VideoPretraining.PreprocessingOf(options)));
        _videos = [.. new RandomStream(options.Seed, "monitor.videos").Permutation(store.Videos.Length).Take(MostVideos).Order()];
    }

    /// <summary>What the features say now, by name.</summary>
    /// <param name="encode">Gives the features of clips: (N, 3, T, S, S) to (N, D).</param>
    /// <param name="cancellation">Stops reading.</param>
    public async ValueTask<ImmutableSortedDictionary<string, double>> LookAsync(Func<Tensor, Tensor> encode, CancellationToken cancellation)
    {
        var (rows, videos) = (new List<float[]>(), new List<StoredVideo>());
        foreach (var chunk in _videos.Chunk(ClipsAtOnce))
        {
            var clips = new List<VideoFrames>(chunk.Length);
            foreach (var video in chunk)
            {
                if (await TryReadAsync(video, cancellation).ConfigureAwait(false) is { } clip)
                {
                    clips.Add(clip);
                    videos.Add(_store.Videos[video]);
                }
            }

            rows.AddRange(Encode(clips, encode));
        }

        return Describe(rows, videos);
    }

    private async ValueTask<VideoFrames?> TryReadAsync(int video, CancellationToken cancellation)
    {
        var clip = TestClips.Of(_store.Videos[video].Frames, _preprocessor.Preprocessing, count: 1)[0];
        try
        {
            return await _store.ReadAsync(video, clip.AsMemory(), cancellation).ConfigureAwait(false);
        }
        catch (Graphs.InvalidVideoException)
        {
            return null;
        }
    }

    private IEnumerable<float[]> Encode(List<VideoFrames> clips, Func<Tensor, Tensor> encode)
    {
        if (clips.Count == 0)
        {
            return [];
        }

        using var scope = NewDisposeScope();
        var features = encode(Batch(clips).to(_device)).to(ScalarType.Float32).cpu(); // (N, D)
        return features.data<float>().ToArray().Chunk((int)features.shape[1]).ToList();
    }

    // (N, 3, T, S, S)
    private Tensor Batch(List<VideoFrames> clips)
    {
        var (form, values) = (_preprocessor.Preprocessing, new float[clips.Count * _preprocessor.Preprocessing.ElementCount]);
        for (var clip = 0; clip < clips.Count; clip++)
        {
            _preprocessor.Fill(clips[clip], values.AsSpan(clip * form.ElementCount, form.ElementCount));
        }

        return tensor(values, [clips.Count, 3, form.Frames, form.Size, form.Size]);
    }

    private static ImmutableSortedDictionary<string, double> Describe(List<float[]> rows, List<StoredVideo> videos)
    {
        if (rows.Count < 2)
        {
            return ImmutableSortedDictionary<string, double>.Empty;
        }

        using var scope = NewDisposeScope();
        var values = rows.SelectMany(row => row).ToArray();

        // In double precision: the mean of large single-precision numbers overflows, and what is not finite has no singular values.
        var features = tensor(values, [rows.Count, rows[0].Length]).to(ScalarType.Float64);
        var rank = CollapseMonitor.EffectiveRank(features);
        var described = ImmutableSortedDictionary
            .Create<string, double>(StringComparer.Ordinal)
            .Add("features.rank", rank)
            .Add("features.spread", CollapseMonitor.Spread(nn.functional.normalize(features, p: 2, dim: 1)));
        var isJudged =
            !double.IsNaN(rank)
            && videos.All(video => video.Label is not null)
            && videos.Select(video => video.Label).Distinct().Count() > 1;
        return isJudged && Neighbours(new VideoFeatures([.. videos], values)) is { } right
            ? described.Add("features.knn", right)
            : described;
    }

    // The share of videos to which the videos of other sources give the right class; null where there is one source.
    private static double? Neighbours(VideoFeatures features)
    {
        var (labelled, classifier) = (LabelledFeatures.Of(features), new KnnClassifier());
        if (labelled.Groups.Distinct().Count() == 1)
        {
            return null;
        }

        var right = 0;
        foreach (var group in labelled.Groups.Distinct())
        {
            int[] test = [.. Enumerable.Range(0, features.Count).Where(video => labelled.Groups[video] == group)];
            int[] train = [.. Enumerable.Range(0, features.Count).Where(video => labelled.Groups[video] != group)];
            right += classifier.Predict(labelled, train, test).Zip(test).Count(pair => pair.First == labelled.Labels[pair.Second]);
        }

        return (double)right / features.Count;
    }
}
