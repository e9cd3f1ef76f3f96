using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Metrics;
using Tacit.Inference.Video;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Protocols;

/// <summary>Judges a network that is being trained on videos that it does not learn from, as the finished one is tested.</summary>
/// <remarks>The scores of a video are the mean of the logits of evenly spaced clips, the largest centred square of each frame. Videos that cannot be read are left out.</remarks>
internal sealed class ValidationVideos(IFrameStore store, ImmutableArray<int> labels, ClipPreprocessing preprocessing, int clips, Device device)
{
    private const int VideosAtOnce = 8;

    private readonly ClipPreprocessor _preprocessor = new(preprocessing);
    private readonly SortedDictionary<string, string> _unreadable = new(StringComparer.Ordinal);

    /// <summary>The videos that could not be read, with reasons.</summary>
    public IReadOnlyDictionary<string, string> Unreadable => _unreadable;

    /// <summary>The share of videos, in percent, whose class is found, and the mean cross-entropy.</summary>
    /// <param name="logits">Gives the logits of clips: (N, 3, T, S, S) to (N, classes).</param>
    /// <param name="cancellation">Stops.</param>
    /// <exception cref="InvalidDatasetException">No video can be read.</exception>
    public async ValueTask<(double Accuracy, double Loss)> JudgeAsync(Func<Tensor, Tensor> logits, CancellationToken cancellation)
    {
        var (count, right, loss) = (0, 0, 0.0);
        foreach (var chunk in Enumerable.Range(0, store.Videos.Length).Chunk(VideosAtOnce))
        {
            var read = new List<(int Video, int Clips, float[] Values)>();
            foreach (var video in chunk)
            {
                cancellation.ThrowIfCancellationRequested();
                if (await TryReadAsync(video, cancellation).ConfigureAwait(false) is { } values)
                {
                    read.Add((video, values.Length / preprocessing.ElementCount, values));
                }
            }

            foreach (var (video, scores) in Scored(read, logits))
            {
                count++;
                right += Scores.Top([.. scores.Select(score => (float)score)]) == labels[video] ? 1 : 0;
                loss += CrossEntropyOf(scores, labels[video]);
            }
        }

        return count == 0
            ? throw new InvalidDatasetException($"none of the {store.Videos.Length} videos held out for validation can be read; is the disk still there?")
            : (100.0 * right / count, loss / count);
    }

    // The clips of a video as they are prepared, one after the other.
    private async ValueTask<float[]?> TryReadAsync(int video, CancellationToken cancellation)
    {
        var chosen = TestClips.Of(store.Videos[video].Frames, preprocessing, clips);
        try
        {
            var frames = await store.ReadAsync(video, chosen.SelectMany(clip => clip).ToArray(), cancellation).ConfigureAwait(false);
            var values = new float[chosen.Length * preprocessing.ElementCount];
            for (var clip = 0; clip < chosen.Length; clip++)
            {
                _preprocessor.Fill(frames, clip * preprocessing.Frames, values.AsSpan(clip * preprocessing.ElementCount, preprocessing.ElementCount));
            }

            return values;
        }
        catch (InvalidVideoException e)
        {
            _unreadable[store.Videos[video].Name] = e.Message;
            return null;
        }
    }

    // Of each video the mean of the logits of its clips.
    private List<(int Video, double[] Scores)> Scored(List<(int Video, int Clips, float[] Values)> read, Func<Tensor, Tensor> logits)
    {
        if (read.Count == 0)
        {
            return [];
        }

        using var scope = NewDisposeScope();
        var size = preprocessing.Size;
        var batch = tensor([.. read.SelectMany(video => video.Values)], [read.Sum(video => video.Clips), 3, preprocessing.Frames, size, size]);
        var of = logits(batch.to(device)).to(ScalarType.Float64).cpu(); // (N, classes)
        var scored = new List<(int, double[])>();
        var first = 0L;
        foreach (var (video, count, _) in read)
        {
            scored.Add((video, of.narrow(0, first, count).mean([0]).data<double>().ToArray()));
            first += count;
        }

        return scored;
    }

    private static double CrossEntropyOf(double[] scores, int label)
    {
        var highest = scores.Max();
        return highest + Math.Log(scores.Sum(score => Math.Exp(score - highest))) - scores[label];
    }
}
