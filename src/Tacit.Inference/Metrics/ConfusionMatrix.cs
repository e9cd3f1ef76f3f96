using System.Collections.Immutable;

namespace Tacit.Inference.Metrics;

/// <summary>Counts how often images of each true class were assigned to each predicted class.</summary>
/// <example><code>
/// var matrix = ConfusionMatrix.Of(["cat", "dog"], actual: [0, 0, 1], predicted: [0, 1, 1]);
/// var dogs = matrix[0, 1];      // 1: one cat was predicted to be a dog
/// var accuracy = matrix.Accuracy; // 2 / 3
/// </code></example>
public sealed class ConfusionMatrix
{
    private readonly ImmutableArray<long> _counts;

    /// <summary>Creates a matrix from counts.</summary>
    /// <param name="classes">The names of the classes.</param>
    /// <param name="counts">
    /// The counts in row-major order, classes x classes; rows are true classes and columns predicted classes.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The number of counts is not the square of the number of classes, or a count is negative.
    /// </exception>
    public ConfusionMatrix(IEnumerable<string> classes, ReadOnlySpan<long> counts)
    {
        Classes = [.. classes];
        _counts = [.. counts];
        if (_counts.Length != (long)Classes.Length * Classes.Length || _counts.Any(count => count < 0))
        {
            throw new ArgumentException(
                $"{Classes.Length} classes need {(long)Classes.Length * Classes.Length} counts of at least 0",
                nameof(counts)
            );
        }
    }

    /// <summary>The names of the classes, in index order.</summary>
    public ImmutableArray<string> Classes { get; }

    /// <summary>The number of all images.</summary>
    public long Total => _counts.Sum();

    /// <summary>The number of images whose class was predicted correctly: the sum of the diagonal.</summary>
    public long Correct => Enumerable.Range(0, Classes.Length).Sum(label => this[label, label]);

    /// <summary><see cref="Correct"/> / <see cref="Total"/>, 0 to 1; NaN if there are no images.</summary>
    public double Accuracy => (double)Correct / Total;

    /// <summary>
    /// The share of the images of each class that was predicted correctly (recall), 0 to 1; NaN for a class without images.
    /// </summary>
    public ImmutableArray<double> AccuracyByClass =>
        [.. Enumerable.Range(0, Classes.Length).Select(label => (double)this[label, label] / Images(label))];

    /// <summary>
    /// The number of images of the class <paramref name="actual"/> that were predicted as <paramref name="predicted"/>.
    /// </summary>
    /// <param name="actual">The index of the true class.</param>
    /// <param name="predicted">The index of the predicted class.</param>
    /// <exception cref="ArgumentOutOfRangeException">An index is not that of a class.</exception>
    public long this[int actual, int predicted] => _counts[checked(CheckedIndex(actual) * Classes.Length + CheckedIndex(predicted))];

    /// <summary>Counts pairs of true and predicted classes.</summary>
    /// <param name="classes">The names of the classes.</param>
    /// <param name="actual">The index of the true class of each image.</param>
    /// <param name="predicted">The index of the predicted class of each image.</param>
    /// <exception cref="ArgumentException">The two lists differ in length, or an index is not that of a class.</exception>
    public static ConfusionMatrix Of(IReadOnlyList<string> classes, ReadOnlySpan<int> actual, ReadOnlySpan<int> predicted)
    {
        if (actual.Length != predicted.Length)
        {
            throw new ArgumentException($"{actual.Length} true classes, but {predicted.Length} predicted ones", nameof(predicted));
        }

        var counts = new long[checked(classes.Count * classes.Count)];
        for (var i = 0; i < actual.Length; i++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)actual[i], (uint)classes.Count, nameof(actual));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)predicted[i], (uint)classes.Count, nameof(predicted));
            counts[actual[i] * classes.Count + predicted[i]]++;
        }

        return new ConfusionMatrix(classes, counts);
    }

    /// <summary>The number of images of a true class: the sum of its row.</summary>
    /// <param name="label">The index of the class.</param>
    public long Images(int label) => Enumerable.Range(0, Classes.Length).Sum(predicted => this[label, predicted]);

    private int CheckedIndex(int label) =>
        label >= 0 && label < Classes.Length
            ? label
            : throw new ArgumentOutOfRangeException(nameof(label), label, $"there are {Classes.Length} classes");
}
