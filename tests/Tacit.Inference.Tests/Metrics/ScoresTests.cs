using CsCheck;
using Tacit.Inference.Metrics;

namespace Tacit.Inference.Tests.Metrics;

public sealed class ScoresTests
{
    [Fact]
    public void Cosine_similarity_is_the_mean_over_rows()
    {
        // cos 45° and -1. Two rows of zeros have similarity 1; a row of zeros and any other row have similarity 0.
        Assert.Equal((Math.Sqrt(0.5) - 1) / 2, Scores.CosineSimilarity([1, 0, 2, 2], [3, 3, -1, -1], 2), 1e-12);
        Assert.Equal(0.5, Scores.CosineSimilarity([0, 0, 0, 0], [0, 0, 1, 0], 2), 1e-12);
        Assert.Throws<ArgumentException>(() => Scores.CosineSimilarity([1, 2], [1], 1));
    }

    [Fact]
    public void Top_is_the_first_of_the_highest() => Assert.Equal(1, Scores.Top([0, 2, 2, -1]));

    [Fact]
    public void Top_passes_over_what_is_no_number() => Assert.Equal(2, Scores.Top([float.NaN, -3, -2]));

    [Fact]
    public void Rank_puts_what_is_no_number_last() => Assert.Equal(3, Scores.Rank([1, float.NaN, 2], 1));

    [Fact]
    public void The_class_on_top_has_rank_0() =>
        Gen.Int[-3, 3]
            .Array[1, 12]
            .Sample(
                values =>
                    Scores.Rank([.. values.Select(value => (float)value)], Scores.Top([.. values.Select(value => (float)value)])) == 0,
                iter: 200
            );

    [Fact]
    public void TopK_agrees_with_sorting_every_row() =>
        Gen.Select(Gen.Int[1, 8], Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int)
            .Sample(
                (rows, classes, k, seed) =>
                {
                    var random = new Random(seed);
                    var scores = Enumerable.Range(0, rows * classes).Select(_ => (float)random.Next(5)).ToArray();
                    var labels = Enumerable.Range(0, rows).Select(_ => random.Next(classes)).ToArray();
                    var hits = scores
                        .Chunk(classes)
                        .Zip(
                            labels,
                            (row, label) =>
                                row.Select((score, index) => (score, index))
                                    .OrderByDescending(pair => pair.score)
                                    .Take(k)
                                    .Any(pair => pair.index == label)
                        );
                    return Scores.TopK(scores, labels, k) == hits.Average(hit => hit ? 1.0 : 0);
                },
                iter: 200
            );

    [Fact]
    public void Agreement_is_the_share_of_equal_first_classes() =>
        Assert.Equal(2.0 / 3, Scores.Agreement([1, 2, 3, 0, 5, 4], [0, 9, 1, 2, 8, 7], 3), 1e-12);

    [Fact]
    public void Scores_that_are_no_whole_rows_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Scores.TopK([1, 2, 3], [0, 1], 1));
        Assert.Throws<ArgumentException>(() => Scores.Agreement([1, 2], [1, 2, 3], 1));
        Assert.Throws<ArgumentException>(() => Scores.Top([]));
    }
}
