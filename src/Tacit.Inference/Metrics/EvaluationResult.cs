using Tacit.Inference.Images;

namespace Tacit.Inference.Metrics;

/// <summary>How far an evaluation is.</summary>
/// <param name="Done">Images seen, with those that could not be read.</param>
/// <param name="Total">All images.</param>
/// <param name="Correct">Images whose class was found.</param>
public sealed record EvaluationProgress(int Done, int Total, int Correct);

/// <summary>How well a classifier does on a set of images.</summary>
public sealed record EvaluationResult
{
    /// <summary>The share of images, in percent, whose class got the highest score.</summary>
    public required double Top1 { get; init; }

    /// <summary>The share of images, in percent, whose class was among the five highest scores.</summary>
    public required double Top5 { get; init; }

    /// <summary>Wilson's 95 % interval of <see cref="Top1"/>, in percent.</summary>
    public required Interval Top1Interval { get; init; }

    /// <summary>Wilson's 95 % interval of <see cref="Top5"/>, in percent.</summary>
    public required Interval Top5Interval { get; init; }

    /// <summary>The number of images that the figures are of.</summary>
    public required int Images { get; init; }

    /// <summary>The images that could not be read.</summary>
    public required IReadOnlyList<SkippedImage> Skipped { get; init; }

    /// <summary>The time of a run of the network on one image, without decoding; null where it was not measured. A network fixed to a larger batch runs all of it.</summary>
    public required Latency? Latency { get; init; }

    /// <summary>What was taken for what; indices are the network's outputs.</summary>
    public required ConfusionMatrix Confusion { get; init; }

    /// <summary>Each image's predicted output, in the order of the images, without those skipped. For comparing networks image by image.</summary>
    public required IReadOnlyList<int> Predictions { get; init; }

    /// <summary>How the images were prepared.</summary>
    public required Preprocessing Preprocessing { get; init; }
}
