namespace Tacit.Inference.Metrics;

/// <summary>Evaluates the outputs of classifiers and encoders, given as rows of equal length.</summary>
/// <remarks>Equal scores are ranked by index, the lower index first. NaN ranks below all other scores.</remarks>
public static class Scores
{
    /// <summary>Finds the index of the highest score.</summary>
    /// <param name="scores">The scores of one row.</param>
    /// <exception cref="ArgumentException">There are no scores.</exception>
    public static int Top(ReadOnlySpan<float> scores)
    {
        if (scores.IsEmpty)
        {
            throw new ArgumentException("there are no scores", nameof(scores));
        }

        var top = 0;
        for (var i = 1; i < scores.Length; i++)
        {
            if (scores[i] > scores[top] || (float.IsNaN(scores[top]) && !float.IsNaN(scores[i])))
            {
                top = i;
            }
        }

        return top;
    }

    /// <summary>Computes the rank of a class among all classes of a row.</summary>
    /// <param name="scores">The scores of one row.</param>
    /// <param name="label">The index of the class.</param>
    /// <returns>The rank, 0 for the highest score; the number of classes if the score of the class is NaN.</returns>
    public static int Rank(ReadOnlySpan<float> scores, int label)
    {
        var score = scores[label];
        if (float.IsNaN(score))
        {
            return scores.Length;
        }

        var rank = 0;
        for (var i = 0; i < scores.Length; i++)
        {
            rank += scores[i] > score || (scores[i] == score && i < label) ? 1 : 0;
        }

        return rank;
    }

    /// <summary>Computes the share of rows whose true class is among the <paramref name="k"/> highest scores.</summary>
    /// <param name="scores">The scores in row-major order, count x classes.</param>
    /// <param name="labels">The true class of each row.</param>
    /// <param name="k">The number of highest scores to consider, at least 1; 1 for top-1 accuracy.</param>
    /// <returns>The share, 0 to 1.</returns>
    /// <exception cref="ArgumentException">
    /// There are no rows, or the number of scores is not a multiple of the number of labels.
    /// </exception>
    public static double TopK(ReadOnlySpan<float> scores, ReadOnlySpan<int> labels, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        var classes = Columns(scores.Length, labels.Length);
        var hits = 0;
        for (var i = 0; i < labels.Length; i++)
        {
            hits += Rank(scores.Slice(i * classes, classes), labels[i]) < k ? 1 : 0;
        }

        return (double)hits / labels.Length;
    }

    /// <summary>Computes the share of rows for which two networks give the highest score to the same class.</summary>
    /// <param name="first">The scores of the first network, count x classes.</param>
    /// <param name="second">The scores of the second network for the same rows.</param>
    /// <param name="count">The number of rows.</param>
    /// <returns>The share, 0 to 1.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or are not a multiple of <paramref name="count"/>.</exception>
    public static double Agreement(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int count)
    {
        if (first.Length != second.Length)
        {
            throw new ArgumentException($"{first.Length} scores cannot be compared with {second.Length}", nameof(second));
        }

        var classes = Columns(first.Length, count);
        var same = 0;
        for (var i = 0; i < count; i++)
        {
            same += Top(first.Slice(i * classes, classes)) == Top(second.Slice(i * classes, classes)) ? 1 : 0;
        }

        return (double)same / count;
    }

    /// <summary>Computes the mean over all rows of the cosine similarity between the features of two encoders.</summary>
    /// <param name="first">The features of the first network, count x D.</param>
    /// <param name="second">The features of the second network for the same rows.</param>
    /// <param name="count">The number of rows.</param>
    /// <returns>The mean, -1 to 1. Two rows of zeros have similarity 1; a row of zeros and any other row have similarity 0.</returns>
    /// <exception cref="ArgumentException">The lengths differ, or are not a multiple of <paramref name="count"/>.</exception>
    public static double CosineSimilarity(ReadOnlySpan<float> first, ReadOnlySpan<float> second, int count)
    {
        if (first.Length != second.Length)
        {
            throw new ArgumentException($"{first.Length} features cannot be compared with {second.Length}", nameof(second));
        }

        var columns = Columns(first.Length, count);
        var sum = 0.0;
        for (var row = 0; row < count; row++)
        {
            var (product, one, other) = (0.0, 0.0, 0.0);
            for (var i = row * columns; i < (row + 1) * columns; i++)
            {
                product += (double)first[i] * second[i];
                one += (double)first[i] * first[i];
                other += (double)second[i] * second[i];
            }

            sum +=
                one > 0 && other > 0 ? product / Math.Sqrt(one * other)
                : one == other ? 1
                : 0;
        }

        return sum / count;
    }

    private static int Columns(int elements, int rows) =>
        rows > 0 && elements > 0 && elements % rows == 0
            ? elements / rows
            : throw new ArgumentException($"{elements} numbers cannot be divided evenly into {rows} rows");
}
