using Tacit.Inference.Contracts;
using Tacit.Inference.Images;

namespace Tacit.Inference.Metrics;

/// <summary>The progress of an evaluation.</summary>
/// <param name="Done">The number of images processed, including those that could not be read.</param>
/// <param name="Total">The number of all images.</param>
/// <param name="Correct">The number of images whose class was predicted correctly.</param>
public sealed record EvaluationProgress(int Done, int Total, int Correct);

/// <summary>The accuracy and speed of a classifier on a set of images.</summary>
public sealed record EvaluationResult
{
    /// <summary>The share of images, in percent, whose class had the highest score.</summary>
    public required double Top1 { get; init; }

    /// <summary>The share of images, in percent, whose class was among the five highest scores.</summary>
    public required double Top5 { get; init; }

    /// <summary>The 95 % Wilson score interval of <see cref="Top1"/>, in percent.</summary>
    public required Interval Top1Interval { get; init; }

    /// <summary>The 95 % Wilson score interval of <see cref="Top5"/>, in percent.</summary>
    public required Interval Top5Interval { get; init; }

    /// <summary>The accuracy of the best constant prediction, in percent: the share of the most frequent class.</summary>
    public double Chance => 100.0 * Enumerable.Range(0, Confusion.Classes.Length).Max(Confusion.Images) / Confusion.Total;

    /// <summary>The number of images on which the figures are based, without those skipped.</summary>
    public required int Images { get; init; }

    /// <summary>The images that could not be read.</summary>
    public required IReadOnlyList<SkippedImage> Skipped { get; init; }

    /// <summary>
    /// The time of one run of the network on a single image, without decoding; null if it was not measured. A network with a
    /// fixed larger batch size runs the whole batch.
    /// </summary>
    public required Latency? Latency { get; init; }

    /// <summary>The counts of true and predicted classes. The indices are the outputs of the network.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>
    /// The predicted output for each image, in the order of the images without those skipped. <see
    /// cref="ClassifierComparison"/> uses it to compare networks image by image.
    /// </summary>
    public required IReadOnlyList<int> Predictions { get; init; }

    /// <summary>The preprocessing that was applied to the images.</summary>
    public required Preprocessing Preprocessing { get; init; }
}
