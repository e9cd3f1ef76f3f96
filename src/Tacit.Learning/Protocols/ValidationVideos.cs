using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Metrics;
using Tacit.Inference.Video;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Protocols;

/// <summary>Judges a network that is being trained on videos that it does not learn from, as the finished one is tested.</summary>
/// <remarks>The scores of a video are the mean of the logits of evenly spaced clips, the largest centred square of each frame. Videos that cannot be read are left out.</remarks>
internal sealed class ValidationVideos(
    IFrameStore store,
    ImmutableArray<int> labels,
    ClipPreprocessing preprocessing,
    int clips,
    double maxUnreadable,
    Device device
)
{
    private const int ClipsAtOnce = 16;

    private readonly ClipPreprocessor _preprocessor = new(preprocessing);
    private readonly SortedDictionary<string, string> _unreadable = new(StringComparer.Ordinal);

    /// <summary>The videos that could not be read, with reasons.</summary>
    public IReadOnlyDictionary<string, string> Unreadable => _unreadable;

    /// <summary>The share of videos, in percent, whose class is found, and the mean cross-entropy.</summary>
    /// <param name="logits">Gives the logits of clips: (N, 3, T, S, S) to (N, classes).</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="InvalidDatasetException">Too many videos cannot be read.</exception>
    public async ValueTask<(double Accuracy, double Loss)> JudgeAsync(Func<Tensor, Tensor> logits, CancellationToken cancellation)
    {
        var (count, right, loss) = (0, 0, 0.0);
        for (var video = 0; video < store.Videos.Length; video++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (await TryReadAsync(video, cancellation).ConfigureAwait(false) is { } frames)
            {
                var scores = Scores(_preprocessor.Prepare(frames), logits);
                count++;
                right += Inference.Metrics.Scores.Top([.. scores.Select(score => (float)score)]) == labels[video] ? 1 : 0;
                loss += CrossEntropyOf(scores, labels[video]);
            }
        }

        return (100.0 * right / count, loss / count);
    }

    private async ValueTask<VideoFrames?> TryReadAsync(int video, CancellationToken cancellation)
    {
        var chosen = TestClips.Of(store.Videos[video].Frames, preprocessing, clips);
        try
        {
            return await store.ReadAsync(video, chosen.SelectMany(clip => clip).ToArray(), cancellation).ConfigureAwait(false);
        }
        catch (InvalidVideoException e)
        {
            _unreadable[store.Videos[video].Name] = e.Message;
            return _unreadable.Count <= maxUnreadable * store.Videos.Length
                ? null
                : throw new InvalidDatasetException(
                    $"{_unreadable.Count} of the {store.Videos.Length} videos held out for validation cannot be read: {string.Join("; ", _unreadable.Take(20).Select(other => $"{other.Key}: {other.Value}"))}"
                );
        }
    }

    // The mean of the logits of a video's clips.
    private double[] Scores(float[] values, Func<Tensor, Tensor> logits)
    {
        using var scope = NewDisposeScope();
        var batch = tensor(
            values,
            [values.Length / preprocessing.ElementCount, 3, preprocessing.Frames, preprocessing.Size, preprocessing.Size]
        ); // (N, 3, T, S, S)
        var of = batch.split(ClipsAtOnce).Select(part => logits(part.to(device)).to(ScalarType.Float64).cpu());
        return cat([.. of], 0).mean([0]).data<double>().ToArray(); // (classes)
    }

    private static double CrossEntropyOf(double[] scores, int label)
    {
        var highest = scores.Max();
        return highest + Math.Log(scores.Sum(score => Math.Exp(score - highest))) - scores[label];
    }
}
