using Tacit.Inference.Images;

namespace Tacit.Inference.Metrics;

/// <summary>How a classifier differs from another one on the same images, such as a quantised copy from its original.</summary>
public sealed record ClassifierComparison
{
    /// <summary>The images that both could read.</summary>
    public required int Images { get; init; }

    /// <summary>The share of these images, in percent, that both took for the same class.</summary>
    public required double Agreement { get; init; }

    /// <summary>Wilson's 95 % interval of <see cref="Agreement"/>, in percent.</summary>
    public required Interval AgreementInterval { get; init; }

    /// <summary>By how many percentage points of top-1 accuracy the first is better.</summary>
    public required double Difference { get; init; }

    /// <summary>The paired bootstrap's 95 % interval of <see cref="Difference"/>, in points, by resampling the images.</summary>
    public required Interval DifferenceInterval { get; init; }

    /// <summary>Compares two networks image by image.</summary>
    /// <param name="images">The images that both were evaluated on.</param>
    /// <param name="first">The result of one.</param>
    /// <param name="second">The result of the other.</param>
    /// <param name="seed">The seed of the resampling; the same seed gives the same interval.</param>
    /// <exception cref="ArgumentException">A result is not of these images, or there is no image that both could read.</exception>
    public static ClassifierComparison Of(LabelledImages images, EvaluationResult first, EvaluationResult second, int seed = 0)
    {
        ArgumentNullException.ThrowIfNull(images);
        var (mine, others) = (ClassesOf(images, first, nameof(first)), ClassesOf(images, second, nameof(second)));
        List<LabelledImage> both = [.. images.Images.Where(image => mine.ContainsKey(image.Name) && others.ContainsKey(image.Name))];
        if (both.Count == 0)
        {
            throw new ArgumentException("there is no image that both networks could read", nameof(second));
        }

        var same = both.Count(image => mine[image.Name] == others[image.Name]);
        double[] differences = [.. both.Select(image => Hit(mine, image) - Hit(others, image))];
        return new ClassifierComparison
        {
            Images = both.Count,
            Agreement = 100.0 * same / both.Count,
            AgreementInterval = Interval.Wilson(same, both.Count).Times(100),
            Difference = 100 * differences.Average(),
            DifferenceInterval = Interval.Bootstrap(differences, seed).Times(100),
        };

        double Hit(Dictionary<string, string> taken, LabelledImage image) => taken[image.Name] == images.Classes[image.Label] ? 1 : 0;
    }

    // What each image was taken for.
    private static Dictionary<string, string> ClassesOf(LabelledImages images, EvaluationResult result, string name)
    {
        ArgumentNullException.ThrowIfNull(result);
        var skipped = result.Skipped.Select(image => image.Name).ToHashSet(StringComparer.Ordinal);
        List<LabelledImage> read = [.. images.Images.Where(image => !skipped.Contains(image.Name))];
        return read.Count == result.Predictions.Count
            ? read.Zip(result.Predictions)
                .ToDictionary(pair => pair.First.Name, pair => result.Confusion.Classes[pair.Second], StringComparer.Ordinal)
            : throw new ArgumentException($"the result is of {result.Predictions.Count} images, there are {read.Count}", name);
    }
}
