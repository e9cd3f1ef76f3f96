using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Inference.Video.Clips;
using Tacit.Learning.Evaluation;
using Tacit.Learning.Tests.Evaluation;

namespace Tacit.Learning.Tests.Evaluation;

public sealed class FeatureEvaluationTests
{
    private static readonly KnnClassifier Knn = new(new() { K = 3 });

    [Fact]
    public void Defaults_are_those_documented()
    {
        var options = new EvaluationOptions();

        Assert.Equal(
            (EvaluationDivision.Automatic, 5, 10, 0UL, 10_000),
            (options.Division, options.Folds, options.Repeats, options.Seed, options.Bootstrap.Resamples)
        );
    }

    [Fact]
    public void A_given_division_is_used()
    {
        var features = SketchedFeatures.Of(1, 90, 6, 3, 30, 1, split: true);
        int[] train = [.. In("train")],
            test = [.. In("test")];
        var labelled = LabelledFeatures.Of(features);
        var hits = Knn.Predict(labelled, train, test).Zip(test, (predicted, video) => predicted == labelled.Labels[video]).ToArray();

        var result = new FeatureEvaluation(Knn).Run(features);

        Assert.True(result.IsGivenDivision);
        Assert.Equal(100 * hits.Average(hit => hit ? 1.0 : 0), result.Accuracy, 1e-9);
        Assert.Equal(hits.Select(hit => hit ? 1.0 : 0), result.Correct);
        Assert.Equal(test.Select(video => features.Videos[video].Name), result.Videos);
        Assert.Equal((train.Length, 0, 1), (result.TrainingVideos, result.SharedSources, result.Repeats.Length));
        Assert.InRange(result.Accuracy, result.Interval!.Value.Low, result.Interval.Value.High);

        IEnumerable<int> In(string split) => Enumerable.Range(0, 90).Where(video => features.Videos[video].Split == split);
    }

    [Fact]
    public void Without_one_videos_are_cross_validated_by_source()
    {
        var features = SketchedFeatures.Of(2, 80, 6, 3, 20, 1);
        var seen = new Parts();

        var result = new FeatureEvaluation(seen, new() { Folds = 4, Repeats = 3 }).Run(features);

        Assert.False(result.IsGivenDivision);
        Assert.Equal(12, seen.All.Count);
        Assert.All(seen.All, part => Assert.Equal(80, part.Train.Union(part.Test).Count()));
        Assert.All(seen.All, part => Assert.Empty(part.Train.Select(Source).Intersect(part.Test.Select(Source))));
        Assert.All(seen.All.SelectMany(part => part.Test).CountBy(video => video), count => Assert.Equal(3, count.Value));
        Assert.Equal((80, 20, 0, 3), (result.Videos.Length, result.Sources, result.SharedSources, result.Repeats.Length));

        string? Source(int video) => features.Videos[video].Source;
    }

    // The classifier always predicts c0, so its accuracy is the share of this class.
    [Fact]
    public void Figures_are_shares_of_right_answers()
    {
        var features = SketchedFeatures.Of(3, 50, 2, 3, 25, 0);
        double[] shares = [.. Enumerable.Range(0, 3).Select(label => 2.0 * features.Videos.Count(video => video.Label == $"c{label}"))];

        var result = new FeatureEvaluation(new Parts(), new() { Repeats = 2 }).Run(features);

        Assert.Equal(shares[0], result.Accuracy, 1e-9);
        Assert.Equal([shares[0], shares[0]], result.Repeats, (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal(shares.Max(), result.Chance, 1e-9);
        Assert.Equal(
            [
                new("c0", (int)shares[0] / 2, 100, new(100, 100)),
                new("c1", (int)shares[1] / 2, 0, new(0, 0)),
                new("c2", (int)shares[2] / 2, 0, new(0, 0)),
            ],
            result.Classes
        );
        Assert.Equal((100, result.Confusion.Correct), (result.Confusion.Total, (long)shares[0]));
    }

    [Fact]
    public void Threads_do_not_change_the_result()
    {
        var features = SketchedFeatures.Of(4, 60, 5, 2, 20, 0.7);

        var one = new FeatureEvaluation(new LinearProbe(), new() { Parallelism = 1, Repeats = 2 }).Run(features);
        var four = new FeatureEvaluation(new LinearProbe(), new() { Parallelism = 4, Repeats = 2 }).Run(features);

        Assert.Equal(one.Correct, four.Correct);
        Assert.Equal(one.Interval, four.Interval);
    }

    [Theory]
    [InlineData(0, 35, 65)]
    [InlineData(4, 95, 100)]
    public void Noise_is_at_chance_and_signal_above(double signal, double low, double high) =>
        Assert.InRange(
            new FeatureEvaluation(new LinearProbe(), new() { Repeats = 2 }).Run(SketchedFeatures.Of(5, 100, 8, 2, 40, signal)).Accuracy,
            low,
            high
        );

    [Fact]
    public void Sources_on_both_sides_of_a_given_division_are_counted()
    {
        var features = SketchedFeatures.Of(6, 30, 2, 2, 10, 1);
        var divided = new VideoFeatures(
            [
                .. features.Videos.Select(
                    (video, i) => video with { Split = i < 12 ? "Train" : "test", Source = i is 3 or 20 ? "same" : $"{i}" }
                ),
            ],
            features.Values.ToArray()
        );

        Assert.Equal(1, new FeatureEvaluation(Knn).Run(divided).SharedSources);
    }

    [Fact]
    public void A_single_source_has_no_interval()
    {
        var features = SketchedFeatures.Of(6, 30, 2, 2, 30, 1);
        var divided = new VideoFeatures(
            [.. features.Videos.Select((video, i) => video with { Split = i < 12 ? "train" : "test", Source = i < 12 ? "a" : "b" })],
            features.Values.ToArray()
        );

        Assert.Null(new FeatureEvaluation(Knn).Run(divided).Interval);
    }

    [Fact]
    public void Results_are_compared_in_pairs()
    {
        var features = SketchedFeatures.Of(7, 100, 4, 2, 40, 2);
        var better = new FeatureEvaluation(Knn).Run(features);
        var constant = new FeatureEvaluation(new Parts()).Run(features);

        var (difference, interval) = better.Minus(constant);

        Assert.Equal(better.Accuracy - constant.Accuracy, difference, 1e-9);
        Assert.InRange(difference, interval.Low, interval.High);
        Assert.True(interval.Low > 0);
        Assert.Equal((0, new(0, 0)), better.Minus(better));
        Assert.Throws<ArgumentException>(() => better.Minus(new FeatureEvaluation(Knn).Run(SketchedFeatures.Of(7, 90, 4, 2, 40, 2))));
    }

    [Fact]
    public void Progress_counts_parts()
    {
        var seen = new List<PartProgress>();

        new FeatureEvaluation(Knn, new() { Repeats = 1, Folds = 3 }).Run(SketchedFeatures.Of(8, 30, 2, 2, 10, 1), new Recorder(seen));

        Assert.Equal([new(1, 3), new(2, 3), new(3, 3)], seen);
    }

    [Fact]
    public void Cancelling_stops() =>
        Assert.ThrowsAny<OperationCanceledException>(() =>
            new FeatureEvaluation(Knn).Run(SketchedFeatures.Of(8, 30, 2, 2, 10, 1), null, new CancellationToken(canceled: true))
        );

    [Fact]
    public void Too_few_sources_are_one_line() =>
        Assert.Equal(
            "5 folds by source need as many sources, the videos come from 4; take fewer folds",
            Assert.Throws<InvalidDatasetException>(() => new FeatureEvaluation(Knn).Run(SketchedFeatures.Of(8, 30, 2, 2, 4, 1))).Message
        );

    [Theory]
    [InlineData(null, "they are not divided at all")]
    [InlineData("val", "they are in val")]
    public void A_division_that_is_not_there_is_one_line(string? split, string described)
    {
        var features = SketchedFeatures.Of(8, 30, 2, 2, 10, 1);
        var divided = new VideoFeatures([.. features.Videos.Select(video => video with { Split = split })], features.Values.ToArray());

        Assert.Equal(
            $"the videos are not divided into train and test ({described}); divide them, or cross-validate",
            Assert
                .Throws<InvalidDatasetException>(() =>
                    new FeatureEvaluation(Knn, new() { Division = EvaluationDivision.Given }).Run(divided)
                )
                .Message
        );
    }

    // Always predicts the first class and records its inputs.
    private sealed class Parts : IFeatureClassifier
    {
        private readonly Lock _lock = new();

        public List<(int[] Train, int[] Test)> All { get; } = [];

        public int[] Predict(
            LabelledFeatures features,
            ReadOnlyMemory<int> train,
            ReadOnlyMemory<int> test,
            CancellationToken cancellation = default
        )
        {
            lock (_lock)
            {
                All.Add((train.ToArray(), test.ToArray()));
            }

            return new int[test.Length];
        }
    }

    private sealed class Recorder(List<PartProgress> seen) : IProgress<PartProgress>
    {
        public void Report(PartProgress value) => seen.Add(value);
    }
}
