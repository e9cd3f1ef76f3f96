using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Evaluation;

namespace Tacit.Learning.Tests.Evaluation;

public sealed class VideoClassificationResultTests
{
    // Three classes, two of which occur among the videos. The last video is predicted as "run".
    private static readonly VideoFeatures Scores = new(
        [Video("a", "jump", "s0"), Video("b", "walk", "s0"), Video("c", "walk", "s1"), Video("d", "walk", "s2")],
        [3, 1, 2, 0, 1, 5, 0, 1, 5, 0, 9, 5]
    );

    [Fact]
    public void Figures_follow_from_the_scores()
    {
        var result = VideoClassificationResult.Of(Scores, ["jump", "run", "walk"]);

        Assert.Equal((75, 100, 75), (result.Top1, result.Top5, result.Chance));
        Assert.Equal([0, 2, 2, 1], result.Predictions);
        Assert.Equal([1, 1, 1, 0], result.Correct);
        Assert.Equal((1, 2, 1), (result.Confusion[0, 0], result.Confusion[2, 2], result.Confusion[2, 1]));
        Assert.Equal([("jump", 1), ("walk", 3)], result.Classes.Select(each => (each.Name, each.Videos)));
        Assert.Equal(3, result.Sources);
        Assert.InRange(result.Top1, result.Top1Interval!.Value.Low, result.Top1Interval.Value.High);
        Assert.Null(result.Classes[0].Interval);
    }

    [Fact]
    public void Without_names_outputs_are_the_classes_in_order()
    {
        var two = new VideoFeatures([Video("a", "walk", null), Video("b", "jump", null)], [1, 0, 1, 0]);

        var result = VideoClassificationResult.Of(two, []);

        Assert.Equal(["jump", "walk"], result.Confusion.Classes);
        Assert.Equal([0, 1], result.Correct);
    }

    [Theory]
    [InlineData(
        "the network has 3 outputs and does not say what they are; the videos have 2 classes (jump, walk), and there must be one for each output"
    )]
    [InlineData("the network knows jump, run, swim; the videos are of other classes, such as walk", "jump", "run", "swim")]
    [InlineData("the network has 3 outputs, but names 2 classes", "jump", "walk")]
    public void Classes_that_do_not_fit_are_refused(string message, params string[] outputs)
    {
        var refusal = Assert.Throws<InvalidDatasetException>(() => VideoClassificationResult.Of(Scores, [.. outputs]));

        Assert.Equal(message, refusal.Message);
    }

    // The same classes in another order. The first and the last of the four videos are predicted as other classes.
    [Fact]
    public void Two_networks_are_compared_video_by_video_and_by_the_names_of_classes()
    {
        var result = VideoClassificationResult.Of(Scores, ["jump", "run", "walk"]);
        var other = VideoClassificationResult.Of(
            new VideoFeatures(Scores.Videos, [9, 0, 0, 9, 0, 0, 9, 0, 0, 9, 0, 0]),
            ["walk", "jump", "run"]
        );

        var (agreement, agreementInterval) = result.Agreement(other);
        var (difference, differenceInterval) = result.Minus(other);

        Assert.Equal((50, 0), (agreement, difference));
        Assert.Equal(new ClusterBootstrap().Mean([0, 1, 1, 0], [0, 0, 1, 2]).Times(100), agreementInterval);
        Assert.Equal(new ClusterBootstrap().Paired([1, 1, 1, 0], [0, 1, 1, 1], [0, 0, 1, 2]).Times(100), differenceInterval);
        Assert.Equal((100, 0), (result.Agreement(result).Share, result.Minus(result).Interval!.Value.High));
    }

    [Fact]
    public void Results_on_other_videos_are_not_compared()
    {
        var result = VideoClassificationResult.Of(Scores, ["jump", "run", "walk"]);
        var other = VideoClassificationResult.Of(new VideoFeatures([Video("a", "jump", "s0")], [1, 0, 0]), ["jump", "run", "walk"]);

        Assert.Throws<ArgumentException>(() => result.Minus(other));
        Assert.Throws<ArgumentException>(() => result.Agreement(other));
    }

    [Fact]
    public void Videos_that_cannot_be_judged_are_refused_before_there_are_scores()
    {
        ImmutableArray<StoredVideo> unlabelled = [Video("a", "jump", null) with { Label = null }];

        Assert.StartsWith("no video has a class", Refusal(unlabelled, ["jump"], 1), StringComparison.Ordinal);
        Assert.StartsWith("the network knows swim; ", Refusal(Scores.Videos, ["swim"], null), StringComparison.Ordinal);
        Assert.StartsWith("the network has 3 outputs and does not say", Refusal(Scores.Videos, [], 3), StringComparison.Ordinal);
        VideoClassificationResult.Check(Scores.Videos, [], null);
        VideoClassificationResult.Check(Scores.Videos, ["jump", "run", "walk"], 3);

        static string Refusal(ImmutableArray<StoredVideo> videos, ImmutableArray<string> outputs, int? count) =>
            Assert.Throws<InvalidDatasetException>(() => VideoClassificationResult.Check(videos, outputs, count)).Message;
    }

    private static StoredVideo Video(string name, string label, string? source) =>
        new(name, 8, 4, 4, 25) { Label = label, Source = source };
}
