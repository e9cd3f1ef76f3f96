using System.Collections.Immutable;
using Tacit.Inference;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Evaluation;
using Tacit.Learning.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining;

/// <summary>
/// Evaluates the encoder's features of whole videos during pretraining, for the log only. It never influences or ends the
/// training.
/// </summary>
/// <remarks>
/// One clip from the middle of each video, or of a fixed random selection of 256 videos, is encoded with the preprocessing of
/// the finished encoder. Logged are the effective rank and the spread of the features and, if the videos have labels and the
/// features are finite, the accuracy of the nearest neighbours from other sources.
/// </remarks>
internal sealed class FeatureMonitor
{
    private const int MostVideos = 256;
    private const int ClipsAtOnce = 16;

    private readonly IFrameStore _store;
    private readonly Device _device;
    private readonly ClipPreprocessor _preprocessor;
    private readonly int[] _videos;

    /// <summary>Creates a monitor and selects its videos.</summary>
    /// <param name="options">The options of the pretraining, including the seed of the selection.</param>
    /// <param name="store">The videos.</param>
    /// <param name="device">The device of the encoder.</param>
    public FeatureMonitor(PretrainingOptions options, IFrameStore store, Device device)
    {
        (_store, _device, _preprocessor) = (store, device, new ClipPreprocessor(VideoPretraining.PreprocessingOf(options)));
        _videos = [.. new RandomStream(options.Seed, "monitor.videos").Permutation(store.Videos.Length).Take(MostVideos).Order()];
    }

    /// <summary>Evaluates the features of the current encoder. Videos that cannot be read are left out.</summary>
    /// <param name="encode">Computes the features of clips: (N, 3, T, S, S) to (N, D).</param>
    /// <param name="cancellation">Cancels the reading of videos.</param>
    /// <returns>
    /// "features.rank", "features.spread" and, if it can be computed, "features.knn" (a share, 0 to 1); empty if fewer than two
    /// videos can be read.
    /// </returns>
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
        catch (InvalidVideoException)
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

    // Creates the batch of clips, (N, 3, T, S, S).
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

        // In single precision the mean of large numbers can overflow, and singular values require finite numbers.
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

    // The share of videos whose class the videos of other sources predict correctly; null if there is only one source.
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
