using System.Collections.Immutable;
using CsCheck;
using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Learning.FineTuning;

namespace Tacit.Learning.Tests.FineTuning;

public sealed class ValidationPartTests
{
    [Fact]
    public void Sources_are_held_out_whole_and_every_class_is_still_learnt() =>
        Gen.Select(Gen.Int[0, 2].Array[12, 60], Gen.Int[2, 5], Gen.ULong)
            .Sample(
                (classes, parts, seed) =>
                {
                    ImmutableArray<int> labels = [.. classes],
                        groups = [.. Enumerable.Range(0, classes.Length).Select(video => video / 2)];
                    try
                    {
                        var held = ValidationPart.Of(labels, groups, 1.0 / parts, seed);
                        var learnt = Enumerable.Range(0, classes.Length).Except(held).ToList();

                        Assert.NotEmpty(held);
                        Assert.Empty(held.Select(video => groups[video]).Intersect(learnt.Select(video => groups[video])));
                        Assert.Equal(labels.Distinct().Order(), learnt.Select(video => labels[video]).Distinct().Order());
                        Assert.True(held.Length <= (labels.Length / parts) + 4, "a part of about the share");
                    }
                    catch (InvalidDatasetException e)
                    {
                        Assert.Contains("each has all videos of some class", e.Message, StringComparison.Ordinal);
                    }
                }
            );

    [Fact]
    public void At_0_nothing_is_held_out() => Assert.Empty(ValidationPart.Of([0, 1], [0, 0], 0, seed: 1));

    [Fact]
    public void A_class_of_one_source_is_never_held_out()
    {
        ImmutableArray<int> labels = [0, 1, 1, 1, 1, 1],
            groups = [0, 1, 2, 3, 4, 5];

        Assert.All(Enumerable.Range(0, 20), seed => Assert.DoesNotContain(0, ValidationPart.Of(labels, groups, 0.34, (ulong)seed)));
    }

    [Fact]
    public void What_cannot_be_divided_is_refused()
    {
        var failure = Assert.Throws<InvalidDatasetException>(() => ValidationPart.Of([0, 1], [0, 1], 0.5, seed: 1));

        Assert.StartsWith(
            "none of 2 parts by source can be held out, since each has all videos of some class",
            failure.Message,
            StringComparison.Ordinal
        );
    }
}
