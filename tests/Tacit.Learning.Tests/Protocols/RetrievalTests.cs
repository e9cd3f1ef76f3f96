using CsCheck;
using Tacit.Graphs;
using Tacit.Inference.Video;
using Tacit.Learning.Protocols;

namespace Tacit.Learning.Tests.Protocols;

public sealed class RetrievalTests
{
    [Fact]
    public void A_rank_is_the_place_of_the_first_video_of_the_class()
    {
        var features = SketchedFeatures.Labelled(("a", [1, 0]), ("b", [1, 0.1f]), ("b", [1, 0.2f]), ("a", [1, 0.3f]), ("c", [1, 0]));

        Assert.Equal([2, 0, 4], Retrieval.FirstHits(features, new[] { 1, 2, 3, 3 }, new[] { 0, 1, 4 }));
    }

    // The second implementation counts for each k whether one of the k nearest has the label.
    [Fact]
    public void Agrees_with_a_naive_implementation() => Gen.ULong.Sample(
        seed =>
        {
            var features = SketchedFeatures.Of(seed, 60, 5, 4, 15, 0.7, split: true);
            int[] gallery = [.. In("train")], queries = [.. In("test")];

            var recalls = new Retrieval(ks: [1, 3, 5]).Run(features);

            Assert.Equal([1, 3, 5], recalls.Select(recall => recall.K));
            foreach (var recall in recalls)
            {
                var hits = queries.Count(query => gallery.OrderByDescending(video => Cosine(features[query].ToArray(), features[video].ToArray()))
                    .Take(recall.K).Any(video => features.Videos[video].Label == features.Videos[query].Label));
                Assert.Equal(100.0 * hits / queries.Length, recall.Percent, 1e-9);
            }

            IEnumerable<int> In(string split) => Enumerable.Range(0, 60).Where(video => features.Videos[video].Split == split);
        },
        iter: 20);

    [Fact]
    public void Intervals_hold_the_recall_which_grows_with_k()
    {
        var recalls = new Retrieval().Run(SketchedFeatures.Of(3, 120, 8, 6, 30, 0.5), TestContext.Current.CancellationToken);

        Assert.Equal([1, 5, 10, 20, 50], recalls.Select(recall => recall.K));
        Assert.All(recalls, recall => Assert.InRange(recall.Percent, recall.Interval!.Value.Low, recall.Interval.Value.High));
        Assert.All(recalls.Zip(recalls.Skip(1)), pair => Assert.True(pair.First.Percent <= pair.Second.Percent));
    }

    [Fact]
    public void Recalls_beyond_the_videos_searched_are_left_out() =>
        Assert.Equal([1, 5, 10], new Retrieval().Run(SketchedFeatures.Of(3, 20, 8, 2, 20, 1)).Select(recall => recall.K));

    [Fact]
    public void Unlabelled_videos_are_refused() => Assert.Throws<InvalidDatasetException>(
        () => new Retrieval().Run(new VideoFeatures([new StoredVideo("a", 1, 1, 1, 25)], [1])));

    private static double Cosine(float[] a, float[] b) =>
        a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(x => (double)x * x));
}
