using CsCheck;
using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Evaluation;
using Tacit.Learning.Tests.Evaluation;

namespace Tacit.Learning.Tests.Evaluation;

public sealed class RetrievalTests
{
    [Fact]
    public void A_rank_is_the_place_of_the_first_video_of_the_class()
    {
        var features = SketchedFeatures.Labelled(("a", [1, 0]), ("b", [1, 0.1f]), ("b", [1, 0.2f]), ("a", [1, 0.3f]), ("c", [1, 0]));

        Assert.Equal([2, 0, 4], Retrieval.FirstHits(features, new[] { 1, 2, 3, 3 }, new[] { 0, 1, 4 }));
    }

    // A second implementation: counts for each k whether one of the k nearest videos has the label.
    [Fact]
    public void Agrees_with_a_naive_implementation() =>
        Gen.ULong.Sample(
            seed =>
            {
                var features = SketchedFeatures.Of(seed, 60, 5, 4, 15, 0.7, split: true);
                int[] gallery = [.. In("train")],
                    queries = [.. In("test")];

                var recalls = new Retrieval(ks: [1, 3, 5]).Run(features).Recalls;

                Assert.Equal([1, 3, 5], recalls.Select(recall => recall.K));
                foreach (var recall in recalls)
                {
                    var hits = queries.Count(query =>
                        gallery
                            .OrderByDescending(video => Cosine(features[query].ToArray(), features[video].ToArray()))
                            .Take(recall.K)
                            .Any(video => features.Videos[video].Label == features.Videos[query].Label)
                    );
                    Assert.Equal(100.0 * hits / queries.Length, recall.Percent, 1e-9);
                }

                IEnumerable<int> In(string split) => Enumerable.Range(0, 60).Where(video => features.Videos[video].Split == split);
            },
            iter: 20
        );

    [Fact]
    public void Intervals_hold_the_recall_which_grows_with_k()
    {
        var recalls = new Retrieval().Run(SketchedFeatures.Of(3, 120, 8, 6, 30, 0.5), TestContext.Current.CancellationToken).Recalls;

        Assert.Equal([1, 5, 10, 20, 50], recalls.Select(recall => recall.K));
        Assert.All(recalls, recall => Assert.InRange(recall.Percent, recall.Interval!.Value.Low, recall.Interval.Value.High));
        Assert.All(recalls.Zip(recalls.Skip(1)), pair => Assert.True(pair.First.Percent <= pair.Second.Percent));
    }

    [Fact]
    public void Recalls_beyond_the_videos_searched_are_left_out() =>
        Assert.Equal([1, 5, 10], new Retrieval().Run(SketchedFeatures.Of(3, 20, 8, 2, 20, 1)).Recalls.Select(recall => recall.K));

    [Fact]
    public void Unlabelled_videos_are_refused() =>
        Assert.Throws<InvalidDatasetException>(() => new Retrieval().Run(new VideoFeatures([new StoredVideo("a", 1, 1, 1, 25)], [1])));

    private static double Cosine(float[] a, float[] b) =>
        a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(x => (double)x * x));

    // Among four videos, two of each class, a random pair contains a given class with probability 5/6.
    [Fact]
    public void Chance_is_that_of_a_random_order()
    {
        string?[] labels = ["a", "a", "b", "b", "a"];
        var features = new VideoFeatures(
            [.. labels.Select((label, i) => new StoredVideo($"v{i}", 1, 1, 1, 25) { Label = label, Split = i < 4 ? "train" : "test" })],
            [1, 2, 3, 4, 5]
        );

        var result = new Retrieval(ks: [1, 2, 3]).Run(features);

        Assert.Equal([50, 100 * 5 / 6.0, 100], result.Recalls.Select(recall => recall.Chance), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal((true, 1, 4, 1), (result.IsGivenDivision, result.Queries, result.Gallery, result.Sources));
    }

    [Fact]
    public void Neighbours_are_listed_with_their_similarity()
    {
        var features = new VideoFeatures(
            [
                .. Enumerable
                    .Range(0, 4)
                    .Select(i => new StoredVideo($"v{i}", 1, 1, 1, 25)
                    {
                        Label = i % 2 == 0 ? "a" : "b",
                        Split = i < 3 ? "train" : "test",
                    }),
            ],
            [1, 0, 0, 1, 1, 1, 2, 0]
        );

        var found = new Retrieval().Nearest(features, 2);

        Assert.Equal(
            [("v3", 1, "v0", 1f), ("v3", 2, "v2", 0.707f)],
            found.Select(each => (each.Query.Name, each.Rank, each.Video.Name, MathF.Round(each.Similarity, 3)))
        );
    }
}
