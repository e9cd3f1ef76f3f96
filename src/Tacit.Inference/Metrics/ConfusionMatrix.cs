using System.Collections.Immutable;

namespace Tacit.Inference.Metrics;

/// <summary>How often images of each class were taken for each class.</summary>
/// <example><code>
/// var matrix = ConfusionMatrix.Of(["cat", "dog"], actual: [0, 0, 1], predicted: [0, 1, 1]);
/// var dogs = matrix[0, 1];   // 1: one cat was taken for a dog
/// </code></example>
public sealed class ConfusionMatrix
{
    private readonly ImmutableArray<long> _counts;

    /// <summary>A matrix of counts.</summary>
    /// <param name="classes">The names of the classes.</param>
    /// <param name="counts">classes x classes, true class by predicted class, row-major.</param>
    /// <exception cref="ArgumentException">The number of counts is not the square of the number of classes, or one is negative.</exception>
    public ConfusionMatrix(IEnumerable<string> classes, ReadOnlySpan<long> counts)
    {
        Classes = [.. classes];
        _counts = [.. counts];
        if (_counts.Length != (long)Classes.Length * Classes.Length || _counts.Any(count => count < 0))
        {
            throw new ArgumentException(
                $"{Classes.Length} classes take {(long)Classes.Length * Classes.Length} counts of at least 0",
                nameof(counts)
            );
        }
    }

    /// <summary>The names of the classes.</summary>
    public ImmutableArray<string> Classes { get; }

    /// <summary>All images.</summary>
    public long Total => _counts.Sum();

    /// <summary>The images whose class was found.</summary>
    public long Correct => Enumerable.Range(0, Classes.Length).Sum(label => this[label, label]);

    /// <summary>The share of images, 0 to 1, whose class was found; not a number where there are none.</summary>
    public double Accuracy => (double)Correct / Total;

    /// <summary>For each class the share of its images, 0 to 1, that were found; not a number where it has none.</summary>
    public ImmutableArray<double> AccuracyByClass =>
        [.. Enumerable.Range(0, Classes.Length).Select(label => (double)this[label, label] / Images(label))];

    /// <summary>How often images of the class <paramref name="actual"/> were taken for <paramref name="predicted"/>.</summary>
    public long this[int actual, int predicted] => _counts[checked(CheckedIndex(actual) * Classes.Length + CheckedIndex(predicted))];

    /// <summary>Counts pairs of true and predicted classes.</summary>
    /// <exception cref="ArgumentException">The numbers of elements differ, or one is no index of a class.</exception>
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

    /// <summary>The images of a class.</summary>
    public long Images(int label) => Enumerable.Range(0, Classes.Length).Sum(predicted => this[label, predicted]);

    private int CheckedIndex(int label) =>
        label >= 0 && label < Classes.Length
            ? label
            : throw new ArgumentOutOfRangeException(nameof(label), label, $"there are {Classes.Length} classes");
}
