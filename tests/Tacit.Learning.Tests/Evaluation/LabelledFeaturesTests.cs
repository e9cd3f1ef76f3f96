using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Evaluation;

namespace Tacit.Learning.Tests.Evaluation;

public sealed class LabelledFeaturesTests
{
    [Fact]
    public void Classes_are_sorted_and_sources_numbered()
    {
        var labelled = LabelledFeatures.Of(Features(("b", "x"), ("a", null), ("b", "x"), ("a", null), ("B", "y")));

        Assert.Equal(["B", "a", "b"], labelled.Classes);
        Assert.Equal([2, 1, 2, 1, 0], labelled.Labels);
        Assert.Equal([0, 1, 0, 2, 3], labelled.Groups);
    }

    [Fact]
    public void A_source_named_like_a_video_without_one_is_another() =>
        Assert.Equal([0, 1], LabelledFeatures.Of(Features(("a", null), ("b", "v0"))).Groups);

    [Theory]
    [InlineData(
        "no video has a class, which is what a network is judged by; put the videos in a folder for each class, or list their labels",
        null,
        null
    )]
    [InlineData("1 of 2 videos have no class, such as v1; give each one, or take them out", "a", null)]
    [InlineData("all 2 videos are of the class a; at least two classes are needed to judge by", "a", "a")]
    public void What_cannot_be_judged_by_is_one_line(string message, params string?[] labels) =>
        Assert.Equal(
            message,
            Assert
                .Throws<InvalidDatasetException>(() => LabelledFeatures.Of(Features([.. labels.Select(label => (label, (string?)null))])))
                .Message
        );

    private static VideoFeatures Features(params (string? Label, string? Source)[] videos) =>
        new(
            [.. videos.Select((video, i) => new StoredVideo($"v{i}", 1, 1, 1, 25) { Label = video.Label, Source = video.Source })],
            new float[videos.Length]
        );
}
