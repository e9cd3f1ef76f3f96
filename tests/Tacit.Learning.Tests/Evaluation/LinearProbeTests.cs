using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Inference.Video.Clips;
using Tacit.Learning.Evaluation;
using Tacit.Learning.Tests.Evaluation;

namespace Tacit.Learning.Tests.Evaluation;

public sealed class LinearProbeTests
{
    private static readonly int[] Train = [.. Enumerable.Range(0, 60)];
    private static readonly int[] Test = [.. Enumerable.Range(60, 20)];

    [Fact]
    public void Defaults_are_those_documented()
    {
        var options = new LinearProbeOptions();

        Assert.Equal(
            (null, 5, 0UL, 1e-5, 1000),
            (options.Lambda, options.InnerFolds, options.Seed, options.Tolerance, options.MaxIterations)
        );
        Assert.Equal([1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100], options.Grid);
    }

    // A second implementation: plain gradient descent with 4,000 steps.
    [Theory]
    [InlineData(1, 2, 0.1)]
    [InlineData(2, 3, 0.01)]
    [InlineData(3, 4, 1)]
    public void Agrees_with_gradient_descent(int seed, int classes, double lambda)
    {
        var features = LabelledFeatures.Of(SketchedFeatures.Of((ulong)seed, 80, 6, classes, 20, 1));
        var naive = GradientDescent(features, lambda);

        var probe = new LinearProbe(new() { Lambda = lambda, Tolerance = 1e-8 }).Fit(
            features,
            Train,
            TestContext.Current.CancellationToken
        );

        Assert.True(probe.Converged);
        foreach (var video in Test)
        {
            for (var label = 0; label < classes; label++)
            {
                Assert.Equal(naive(video)[label], probe.LogProbability(features.Features[video], label)!.Value, 1e-4);
            }

            Assert.Equal(Array.IndexOf(naive(video), naive(video).Max()), probe.Predict(features.Features[video]));
        }
    }

    // A second implementation of the choice: a separate probe for every weight and fold.
    [Theory]
    [InlineData(4, 0.3)]
    [InlineData(5, 1)]
    [InlineData(6, 3)]
    public void The_weight_of_least_cross_entropy_within_the_training_videos_is_chosen(int seed, double signal)
    {
        var features = LabelledFeatures.Of(SketchedFeatures.Of((ulong)seed, 80, 10, 2, 20, signal));
        var folds = StratifiedGroupKFold.Of(
            [.. Train.Select(video => features.Labels[video])],
            [.. Train.Select(video => features.Groups[video])],
            5,
            0
        );
        var best = new LinearProbeOptions().Grid.MinBy(lambda =>
            Enumerable
                .Range(0, 5)
                .Sum(fold =>
                {
                    var probe = new LinearProbe(new() { Lambda = lambda }).Fit(features, Train.Where((_, i) => folds[i] != fold).ToArray());
                    return Train
                        .Where((_, i) => folds[i] == fold)
                        .Sum(video => -probe.LogProbability(features.Features[video], features.Labels[video])!.Value);
                })
        );

        Assert.Equal(best, new LinearProbe().Fit(features, Train, TestContext.Current.CancellationToken).Lambda);
    }

    [Fact]
    public void More_noise_makes_for_a_larger_weight()
    {
        Assert.True(Lambda(0) > Lambda(4));

        static double Lambda(double signal) =>
            new LinearProbe().Fit(LabelledFeatures.Of(SketchedFeatures.Of(7, 80, 30, 2, 20, signal)), Train).Lambda;
    }

    [Fact]
    public void Labels_of_test_videos_are_not_looked_at()
    {
        var features = SketchedFeatures.Of(8, 80, 10, 3, 20, 1);
        var changed = new VideoFeatures(
            [.. features.Videos.Select((video, i) => i < 60 ? video : video with { Label = "c0" })],
            features.Values.ToArray()
        );

        Assert.Equal(Predict(features), Predict(changed));

        static int[] Predict(VideoFeatures features) => new LinearProbe().Predict(LabelledFeatures.Of(features), Train, Test);
    }

    [Fact]
    public void Units_of_features_are_no_matter()
    {
        var features = SketchedFeatures.Of(9, 80, 10, 3, 20, 1);
        float[] scaled = [.. features.Values.ToArray().Select((value, i) => value * MathF.Pow(4, i % 10 - 5) + 3)];

        Assert.Equal(
            new LinearProbe().Predict(LabelledFeatures.Of(features), Train, Test),
            new LinearProbe().Predict(LabelledFeatures.Of(new VideoFeatures(features.Videos, scaled)), Train, Test)
        );
    }

    [Fact]
    public void A_constant_feature_is_no_matter()
    {
        var features = SketchedFeatures.Labelled(
            ("a", [0.1f, 1]),
            ("b", [0.1f, -1]),
            ("a", [0.1f, 1.5f]),
            ("b", [0.1f, -2]),
            ("a", [900, 1])
        );

        Assert.Equal([0], new LinearProbe(new() { Lambda = 0.1 }).Predict(features, new[] { 0, 1, 2, 3 }, new[] { 4 }));
    }

    [Fact]
    public void A_class_that_was_not_learnt_is_not_predicted()
    {
        var features = SketchedFeatures.Labelled(("a", [1]), ("a", [2]), ("b", [-1]), ("b", [-2]));

        Assert.Equal([0, 0], new LinearProbe(new() { Lambda = 1 }).Predict(features, new[] { 0, 1 }, new[] { 2, 3 }));
    }

    [Fact]
    public void One_source_leaves_nothing_to_choose_by()
    {
        var features = SketchedFeatures.Of(1, 10, 2, 2, 1, 1);

        Assert.Equal(
            "the 10 training videos are of one source, so the weight of the penalty cannot be chosen among them; give videos of several sources, or the weight",
            Assert
                .Throws<InvalidDatasetException>(() =>
                    new LinearProbe().Fit(LabelledFeatures.Of(features), Enumerable.Range(0, 10).ToArray())
                )
                .Message
        );
    }

    [Fact]
    public void Options_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinearProbeOptions { Lambda = 0 });
        Assert.Throws<ArgumentException>(() => new LinearProbeOptions { Grid = [] });
        Assert.Throws<ArgumentOutOfRangeException>(() => new LinearProbeOptions { Grid = [1, -1] });
    }

    // Returns the log-probabilities of a video.
    private static Func<int, double[]> GradientDescent(LabelledFeatures features, double lambda)
    {
        int dimension = features.Features.Dimension,
            classes = features.Classes.Length;
        var mean = new double[dimension];
        var deviation = new double[dimension];
        for (var j = 0; j < dimension; j++)
        {
            mean[j] = Train.Average(video => (double)features.Features[video][j]);
            deviation[j] = Math.Sqrt(Train.Average(video => Math.Pow(features.Features[video][j] - mean[j], 2)));
        }

        var (weights, biases) = (new double[classes, dimension], new double[classes]);
        for (var step = 0; step < 4_000; step++)
        {
            var (slopes, biasSlopes) = (new double[classes, dimension], new double[classes]);
            foreach (var video in Train)
            {
                var logs = Logs(video);
                for (var label = 0; label < classes; label++)
                {
                    var error = (Math.Exp(logs[label]) - (features.Labels[video] == label ? 1 : 0)) / Train.Length;
                    biasSlopes[label] += error;
                    for (var j = 0; j < dimension; j++)
                    {
                        slopes[label, j] += error * Row(video, j);
                    }
                }
            }

            for (var label = 0; label < classes; label++)
            {
                biases[label] -= 0.3 * biasSlopes[label];
                for (var j = 0; j < dimension; j++)
                {
                    weights[label, j] -= 0.3 * (slopes[label, j] + lambda * weights[label, j]);
                }
            }
        }

        return Logs;

        double Row(int video, int j) => (features.Features[video][j] - mean[j]) / deviation[j];

        double[] Logs(int video)
        {
            var scores = Enumerable
                .Range(0, classes)
                .Select(label => biases[label] + Enumerable.Range(0, dimension).Sum(j => weights[label, j] * Row(video, j)))
                .ToArray();
            return [.. scores.Select(score => score - Math.Log(scores.Sum(Math.Exp)))];
        }
    }
}
