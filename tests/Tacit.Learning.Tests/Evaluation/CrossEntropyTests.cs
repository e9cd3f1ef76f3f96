using CsCheck;
using Tacit.Learning.Evaluation;
using Tacit.Learning.Optimization;

namespace Tacit.Learning.Tests.Evaluation;

public sealed class CrossEntropyTests
{
    [Fact]
    public void Value_agrees_with_the_formula_and_gradient_with_differences() =>
        Gen.Select(Gen.ULong, Gen.Int[1, 7], Gen.Int[2, 4], Gen.Int[2, 11])
            .Sample(
                (seed, count, classes, width) =>
                {
                    const double lambda = 0.3;
                    var random = new RandomStream(seed, "test");
                    double[] rows = [.. Enumerable.Range(0, count * width).Select(i => i % width == width - 1 ? 1 : random.NextGaussian())];
                    int[] targets = [.. Enumerable.Range(0, count).Select(_ => random.NextInt32(classes))];
                    double[] weights = [.. Enumerable.Range(0, classes * width).Select(_ => random.NextGaussian())];
                    var gradient = new double[weights.Length];

                    var value = new CrossEntropy(rows, targets, classes, lambda).Evaluate(weights, gradient);

                    Assert.Equal(Naive(rows, targets, classes, width, lambda, weights), value, 1e-9);
                    for (var i = 0; i < weights.Length; i++)
                    {
                        Assert.Equal((Moved(i, 1e-5) - Moved(i, -1e-5)) / 2e-5, gradient[i], 1e-6);
                    }

                    double Moved(int i, double by)
                    {
                        var moved = (double[])weights.Clone();
                        moved[i] += by;
                        return Naive(rows, targets, classes, width, lambda, moved);
                    }
                },
                iter: 40
            );

    // 1,300 rows are three blocks.
    [Fact]
    public void Many_rows_give_the_same_on_any_number_of_threads()
    {
        var random = new RandomStream(1, "test");
        double[] rows = [.. Enumerable.Range(0, 1300 * 4).Select(i => i % 4 == 3 ? 1 : random.NextGaussian())];
        int[] targets = [.. Enumerable.Range(0, 1300).Select(_ => random.NextInt32(3))];
        double[] weights = [.. Enumerable.Range(0, 12).Select(_ => random.NextGaussian())];
        double[] one = new double[12],
            three = new double[12];

        var value = new CrossEntropy(rows, targets, 3, 0.3).Evaluate(weights, one);

        Assert.Equal(Naive(rows, targets, 3, 4, 0.3, weights), value, 1e-9);
        Assert.Equal(value, new CrossEntropy(rows, targets, 3, 0.3, parallelism: 3).Evaluate(weights, three));
        Assert.Equal(one, three);
    }

    [Fact]
    public void Large_scores_do_not_overflow()
    {
        var value = new CrossEntropy([1, 1], [0], 2, 1e-9).Evaluate([0, 0, 0, 5000], new double[4]);

        Assert.Equal(5000, value, 1e-9);
    }

    private static double Naive(double[] rows, int[] targets, int classes, int width, double lambda, double[] weights)
    {
        var loss = 0.0;
        for (var i = 0; i < targets.Length; i++)
        {
            var scores = Enumerable
                .Range(0, classes)
                .Select(label => Enumerable.Range(0, width).Sum(j => weights[label * width + j] * rows[i * width + j]))
                .ToArray();
            loss -= Math.Log(Math.Exp(scores[targets[i]]) / scores.Sum(Math.Exp)) / targets.Length;
        }

        return loss + lambda / 2 * weights.Where((_, i) => i % width != width - 1).Sum(weight => weight * weight);
    }
}
