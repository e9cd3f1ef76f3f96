namespace Tacit.Inference.Metrics;

/// <summary>What can be read from the scores that a classifier gives: rows of one number per class.</summary>
/// <remarks>Equal scores rank by index, the lower first; a score that is not a number ranks below every other.</remarks>
public static class Scores
{
    /// <summary>The class of the highest score.</summary>
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

    /// <summary>The place of a class among all, 0 for the highest score; that of a score that is not a number is the last.</summary>
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

    /// <summary>The share of rows, 0 to 1, whose label is among the <paramref name="k"/> highest scores.</summary>
    /// <param name="scores">The scores, count x classes.</param>
    /// <param name="labels">The true class of each row.</param>
    /// <param name="k">1 for plain accuracy.</param>
    /// <exception cref="ArgumentException">The scores are no whole number of rows per label, or there are none.</exception>
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

    /// <summary>The share of rows, 0 to 1, in which two networks put the same class first.</summary>
    /// <param name="first">The scores of one network, count x classes.</param>
    /// <param name="second">The scores of the other for the same rows.</param>
    /// <param name="count">The number of rows.</param>
    /// <exception cref="ArgumentException">The sizes differ or are no whole number of rows.</exception>
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

    /// <summary>The mean over rows of the cosine between what two encoders give, -1 to 1.</summary>
    /// <param name="first">The features of one network, count x D.</param>
    /// <param name="second">The features of the other for the same rows.</param>
    /// <param name="count">The number of rows.</param>
    /// <returns>A row of zeros is like another such row, and at right angles to all else.</returns>
    /// <exception cref="ArgumentException">The sizes differ or are no whole number of rows.</exception>
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
            : throw new ArgumentException($"{elements} scores are no whole number of classes for {rows} rows");
}
