namespace Tacit.Learning.Evaluation;

/// <summary>
/// The objective of multinomial logistic regression: the mean cross-entropy of linear scores plus λ/2 · Σ weights², as a
/// function of the weights.
/// </summary>
/// <param name="rows">The features, N x W; the last element of each row is 1.</param>
/// <param name="targets">The class of each row, N.</param>
/// <param name="classes">The number of classes.</param>
/// <param name="lambda">The weight λ of the penalty. The last weight of each class, its bias, is not penalised.</param>
/// <param name="parallelism">
/// The number of threads. The result does not depend on it: sums are always taken over the same blocks of rows in the same
/// order.
/// </param>
internal sealed class CrossEntropy(double[] rows, int[] targets, int classes, double lambda, int parallelism = 1)
{
    private const int BlockRows = 512;

    private readonly int _width = rows.Length / targets.Length;

    /// <summary>Computes the value and the gradient.</summary>
    /// <param name="weights">The weights, classes x W.</param>
    /// <param name="gradient">Receives the gradient, classes x W.</param>
    /// <returns>The value of the objective.</returns>
    public double Evaluate(ReadOnlySpan<double> weights, Span<double> gradient)
    {
        var blocks = (targets.Length + BlockRows - 1) / BlockRows;
        var at = weights.ToArray();
        var losses = new double[blocks];
        var gradients = new double[blocks][];
        if (blocks == 1 || parallelism == 1)
        {
            for (var block = 0; block < blocks; block++)
            {
                EvaluateBlock(block);
            }
        }
        else
        {
            Parallel.For(0, blocks, new ParallelOptions { MaxDegreeOfParallelism = parallelism }, EvaluateBlock);
        }

        gradient.Clear();
        foreach (var part in gradients)
        {
            VectorMath.Add(gradient, 1.0 / targets.Length, part);
        }

        return (losses.Sum() / targets.Length) + Penalise(weights, gradient);

        void EvaluateBlock(int block) =>
            (losses[block], gradients[block]) = Sum(at, block * BlockRows, Math.Min(targets.Length, (block + 1) * BlockRows));
    }

    // The sums of the loss and of its gradient over some rows.
    private (double Loss, double[] Gradient) Sum(double[] weights, int start, int end)
    {
        var (loss, gradient, scores) = (0.0, new double[weights.Length], new double[classes]);
        for (var i = start; i < end; i++)
        {
            var row = rows.AsSpan(i * _width, _width);
            for (var label = 0; label < classes; label++)
            {
                scores[label] = VectorMath.Dot(weights.AsSpan(label * _width, _width), row);
            }

            loss += Softmax(scores, targets[i]);
            scores[targets[i]] -= 1;
            for (var label = 0; label < classes; label++)
            {
                VectorMath.Add(gradient.AsSpan(label * _width, _width), scores[label], row);
            }
        }

        return (loss, gradient);
    }

    // Replaces the scores with probabilities and returns -log of the target's probability.
    private static double Softmax(Span<double> scores, int target)
    {
        var max = double.NegativeInfinity;
        foreach (var score in scores)
        {
            max = Math.Max(max, score);
        }

        var (sum, own) = (0.0, scores[target] - max);
        foreach (ref var score in scores)
        {
            score = Math.Exp(score - max);
            sum += score;
        }

        foreach (ref var score in scores)
        {
            score /= sum;
        }

        return Math.Log(sum) - own;
    }

    private double Penalise(ReadOnlySpan<double> weights, Span<double> gradient)
    {
        var square = 0.0;
        for (var label = 0; label < classes; label++)
        {
            var own = weights.Slice(label * _width, _width - 1);
            square += VectorMath.Dot(own, own);
            VectorMath.Add(gradient.Slice(label * _width, _width - 1), lambda, own);
        }

        return lambda / 2 * square;
    }
}
