using System.Collections.Immutable;
using Tacit.Inference;
using Tacit.Inference.Contracts;
using Tacit.Inference.Metrics;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Evaluation;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.FineTuning;

/// <summary>Evaluates a network during training on held-out videos, with the protocol used to test the finished network.</summary>
/// <remarks>
/// The scores of a video are the mean logits of evenly spaced clips (<see cref="TestClips"/>), each cropped to the largest
/// centred square. Unreadable videos are left out.
/// </remarks>
/// <param name="store">The held-out videos.</param>
/// <param name="labels">The class index of each video.</param>
/// <param name="preprocessing">The form of a clip.</param>
/// <param name="clips">The number of clips of each video.</param>
/// <param name="maxUnreadable">The share of videos, 0 to 1, that may be unreadable.</param>
/// <param name="device">The device of the network.</param>
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
    private readonly UnreadableVideos _unreadable = new(store.Videos.Length, maxUnreadable) { Kind = "videos held out for validation" };

    /// <summary>The videos that could not be read, with the reasons.</summary>
    public IEnumerable<KeyValuePair<string, string>> Unreadable =>
        _unreadable.InOrder.Select(video => KeyValuePair.Create(video.Name, video.Reason));

    /// <summary>Evaluates the network on all videos.</summary>
    /// <param name="logits">Computes the logits of clips: (N, 3, T, S, S) to (N, classes).</param>
    /// <param name="cancellation">Cancels the evaluation.</param>
    /// <returns>The share of videos, in percent, whose class was predicted correctly, and the mean cross-entropy.</returns>
    /// <exception cref="InvalidDatasetException">More videos are unreadable than allowed.</exception>
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
                loss += VectorMath.LogSumExp(scores) - scores[labels[video]];
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
            _unreadable.Add(store.Videos[video].Name, e.Message);
            return null;
        }
    }

    /// <summary>Returns the mean logits of a video's clips.</summary>
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
}
