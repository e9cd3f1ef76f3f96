using System.Globalization;
using Tacit.Cli.Output;
using Tacit.Inference.Images;
using Tacit.Inference.Metrics;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Evaluate;

/// <summary>
/// The difference between two networks on the same data. Shares are in percent, differences in percentage points of top-1.
/// </summary>
/// <param name="Other">The name of the other network.</param>
/// <param name="Top1">The top-1 accuracy of the other network in percent, with its 95 % interval.</param>
/// <param name="Agreement">
/// The share of samples, in percent, for which both networks predict the same class, whether or not it is correct, with its 95 % interval.
/// </param>
/// <param name="Difference">
/// The accuracy of the first network minus that of the other in percentage points, with its 95 % interval. The interval takes into account
/// that both were evaluated on the same samples. An interval that contains 0 shows no difference.
/// </param>
/// <param name="Sources">
/// The number of sources of the videos, which the intervals resample as a whole; null for images, which are resampled one by one.
/// </param>
internal sealed record NetworkComparison(
    string Other,
    (double Value, Interval? Interval) Top1,
    (double Value, Interval? Interval) Agreement,
    (double Value, Interval? Interval) Difference,
    int? Sources
)
{
    /// <summary>Compares two networks on images.</summary>
    /// <param name="images">The images on which both were evaluated.</param>
    /// <param name="result">The result of the first network.</param>
    /// <param name="other">The name of the other network.</param>
    /// <param name="otherResult">The result of the other network.</param>
    /// <exception cref="ArgumentException">No image could be read for both networks.</exception>
    public static NetworkComparison Of(LabelledImages images, EvaluationResult result, string other, EvaluationResult otherResult)
    {
        var comparison = ClassifierComparison.Of(images, result, otherResult);
        return new NetworkComparison(
            other,
            (otherResult.Top1, otherResult.Top1Interval),
            (comparison.Agreement, comparison.AgreementInterval),
            (comparison.Difference, comparison.DifferenceInterval),
            null
        );
    }

    /// <summary>Compares two networks on videos.</summary>
    /// <param name="result">The result of the first network.</param>
    /// <param name="other">The name of the other network.</param>
    /// <param name="otherResult">The result of the other network on the same videos.</param>
    public static NetworkComparison Of(VideoClassificationResult result, string other, VideoClassificationResult otherResult) =>
        new(other, (otherResult.Top1, otherResult.Top1Interval), result.Agreement(otherResult), result.Minus(otherResult), result.Sources);

    /// <summary>Returns the comparison for the JSON object: shares in percent, intervals as [low, high] or null.</summary>
    public object ToJson() =>
        new
        {
            model = Other,
            top1 = Top1.Value,
            top1_interval = JsonWriter.Pair(Top1.Interval),
            agreement = Agreement.Value,
            agreement_interval = JsonWriter.Pair(Agreement.Interval),
            difference = Difference.Value,
            difference_interval = JsonWriter.Pair(Difference.Interval),
        };

    /// <summary>Describes the comparison in three facts: the accuracy of the other network, the agreement and the difference.</summary>
    public IEnumerable<Fact> Facts() =>
        [
            new("against", $"{Other}: top-1 {Format.Percent(Top1.Value)}  ({Text(Top1.Interval)})"),
            new("agreement", $"both predict the same class for {Format.Percent(Agreement.Value)}  ({Text(Agreement.Interval)})"),
            new(
                "difference",
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Difference.Value:+0.00;-0.00;0.00} points of top-1  ({Text(Difference.Interval)})"
                )
            ),
        ];

    /// <summary>Formats an interval, for videos with the number of sources that it is based on.</summary>
    private string Text(Interval? interval) =>
        Sources is { } sources ? Format.Interval(interval, sources) : $"95 % interval {Format.Range(interval)}";
}
