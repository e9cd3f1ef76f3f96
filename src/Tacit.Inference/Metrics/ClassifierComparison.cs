using Tacit.Inference.Images;

namespace Tacit.Inference.Metrics;

/// <summary>Compares two classifiers on the same images, for example a quantized network with its original.</summary>
/// <example><code>
/// var comparison = ClassifierComparison.Of(images, quantized, original);
/// Console.WriteLine($"{comparison.Difference:0.00} points, {comparison.Agreement:0.0} % agreement");
/// </code></example>
public sealed record ClassifierComparison
{
    /// <summary>The number of images that both networks could read.</summary>
    public required int Images { get; init; }

    /// <summary>The share of these images, in percent, for which both networks predict the same class.</summary>
    public required double Agreement { get; init; }

    /// <summary>The 95 % Wilson score interval of <see cref="Agreement"/>, in percent.</summary>
    public required Interval AgreementInterval { get; init; }

    /// <summary>The top-1 accuracy of the first network minus that of the second, in percentage points.</summary>
    public required double Difference { get; init; }

    /// <summary>The 95 % paired bootstrap interval of <see cref="Difference"/>, in percentage points. The images are resampled.</summary>
    public required Interval DifferenceInterval { get; init; }

    /// <summary>Compares the predictions of two networks image by image. Classes are matched by name.</summary>
    /// <param name="images">The images on which both networks were evaluated.</param>
    /// <param name="first">The result of the first network.</param>
    /// <param name="second">The result of the second network.</param>
    /// <param name="seed">The seed of the resampling. The same seed produces the same interval.</param>
    /// <exception cref="ArgumentException">
    /// A result belongs to other images, or there is no image that both networks could read.
    /// </exception>
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

    // The predicted class of each image, by image name.
    private static Dictionary<string, string> ClassesOf(LabelledImages images, EvaluationResult result, string name)
    {
        ArgumentNullException.ThrowIfNull(result);
        var skipped = result.Skipped.Select(image => image.Name).ToHashSet(StringComparer.Ordinal);
        List<LabelledImage> read = [.. images.Images.Where(image => !skipped.Contains(image.Name))];
        return read.Count == result.Predictions.Count
            ? read.Zip(result.Predictions)
                .ToDictionary(pair => pair.First.Name, pair => result.Confusion.Classes[pair.Second], StringComparer.Ordinal)
            : throw new ArgumentException($"the result covers {result.Predictions.Count} images, but there are {read.Count}", name);
    }
}
