using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Evaluation;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Tests.Evaluation;

// Features for a test: normal noise. Each video is shifted by `signal` along the axis of its class.
internal static class SketchedFeatures
{
    public static VideoFeatures Of(ulong seed, int count, int dimension, int classes, int sources, double signal, bool split = false)
    {
        var random = new RandomStream(seed, "sketch");
        var videos = new List<StoredVideo>();
        var values = new float[count * dimension];
        random.FillGaussian(values);
        for (var i = 0; i < count; i++)
        {
            var label = i < classes ? i : random.NextInt32(classes);
            var source = i < sources ? i : random.NextInt32(sources);
            values[i * dimension + label % dimension] += (float)signal;
            videos.Add(
                new StoredVideo($"v{i:000}", 1, 1, 1, 25)
                {
                    Label = $"c{label}",
                    Source = $"s{source}",
                    Split =
                        !split ? null
                        : source % 3 == 0 ? "test"
                        : "train",
                }
            );
        }

        return new VideoFeatures([.. videos], values);
    }

    public static LabelledFeatures Labelled(params (string Label, float[] Values)[] videos) =>
        LabelledFeatures.Of(
            new VideoFeatures(
                [.. videos.Select((video, i) => new StoredVideo($"v{i}", 1, 1, 1, 25) { Label = video.Label })],
                [.. videos.SelectMany(video => video.Values)]
            )
        );
}
