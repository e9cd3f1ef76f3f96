using CsCheck;
using Tacit.Learning.Evaluation;
using Tacit.Learning.Tests.Evaluation;

namespace Tacit.Learning.Tests.Evaluation;

public sealed class KnnClassifierTests
{
    [Fact]
    public void Defaults_are_those_documented()
    {
        var options = new KnnOptions();

        Assert.Equal((null, KnnVote.Weighted, 0.07), (options.K, options.Vote, options.Temperature));
        Assert.Equal((3, 5, 5, 20), (Of(3), Of(5), Of(999), Of(1000)));

        static int Of(int videos) => new KnnClassifier().NeighboursOf(videos);
    }

    // The example of the documentation: similarities 0.9, 0.8, 0.8.
    [Theory]
    [InlineData(KnnVote.Weighted, 0)]
    [InlineData(KnnVote.Majority, 1)]
    public void Nearer_neighbours_have_more_votes_or_as_many(KnnVote vote, int expected)
    {
        var features = SketchedFeatures.Labelled(("a", At(0.9)), ("b", At(0.8)), ("b", At(0.8)), ("a", At(1)));

        Assert.Equal([expected], new KnnClassifier(new() { K = 3, Vote = vote }).Predict(features, new[] { 0, 1, 2 }, new[] { 3 }));

        static float[] At(double cosine) => [(float)cosine, (float)Math.Sqrt(1 - cosine * cosine)];
    }

    [Fact]
    public void Agrees_with_a_naive_implementation() =>
        Gen.Select(Gen.ULong, Gen.Int[1, 8], Gen.Enum<KnnVote>())
            .Sample(
                (seed, k, vote) =>
                {
                    var features = LabelledFeatures.Of(SketchedFeatures.Of(seed, 40, 7, 3, 10, 0.5));
                    int[] train = [.. Enumerable.Range(0, 25)],
                        test = [.. Enumerable.Range(25, 15)];

                    Assert.Equal(
                        test.Select(video => Naive(features, train, video, k, vote, 0.1)),
                        new KnnClassifier(
                            new()
                            {
                                K = k,
                                Vote = vote,
                                Temperature = 0.1,
                            }
                        ).Predict(features, train, test)
                    );
                },
                iter: 60
            );

    [Fact]
    public void Features_of_zero_are_similar_to_nothing()
    {
        var features = SketchedFeatures.Labelled(("a", [0, 0]), ("b", [1, 0]), ("a", [-1, 0]), ("b", [1, 1]));

        Assert.Equal([1], new KnnClassifier(new() { K = 1 }).Predict(features, new[] { 0, 1, 2 }, new[] { 3 }));
        Assert.Equal([0], new KnnClassifier(new() { K = 1 }).Predict(features, new[] { 0, 2 }, new[] { 3 }));
    }

    [Fact]
    public void More_neighbours_than_videos_are_all_videos()
    {
        var features = SketchedFeatures.Labelled(("a", [1, 0]), ("b", [0, 1]), ("b", [0, 1]), ("a", [1, 0]));

        Assert.Equal([1], new KnnClassifier(new() { K = 50, Vote = KnnVote.Majority }).Predict(features, new[] { 0, 1, 2 }, new[] { 3 }));
    }

    [Fact]
    public void A_low_temperature_is_the_nearest_neighbour()
    {
        var features = SketchedFeatures.Labelled(("a", [1, 0]), ("b", [0.9f, 0.2f]), ("b", [0.9f, 0.2f]), ("a", [1, 0.01f]));

        Assert.Equal([0], new KnnClassifier(new() { K = 3, Temperature = 1e-5 }).Predict(features, new[] { 0, 1, 2 }, new[] { 3 }));
    }

    private static int Naive(LabelledFeatures features, int[] train, int query, int k, KnnVote vote, double temperature)
    {
        var nearest = train
            .Select(video =>
                (Label: features.Labels[video], Cosine: Cosine(features.Features[video].ToArray(), features.Features[query].ToArray()))
            )
            .OrderByDescending(neighbour => neighbour.Cosine)
            .Take(k);
        return nearest
            .GroupBy(neighbour => neighbour.Label, neighbour => vote == KnnVote.Majority ? 1 : Math.Exp(neighbour.Cosine / temperature))
            .OrderByDescending(votes => votes.Sum())
            .ThenBy(votes => votes.Key)
            .First()
            .Key;
    }

    private static double Cosine(float[] a, float[] b) =>
        a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(x => (double)x * x));
}
