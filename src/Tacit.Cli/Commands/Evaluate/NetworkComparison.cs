using System.Globalization;
using Tacit.Cli.Output;
using Tacit.Inference.Images;
using Tacit.Inference.Metrics;
using Tacit.Learning.Evaluation;

namespace Tacit.Cli.Commands.Evaluate;

/// <summary>How a network differs from another one on the same data; shares in percent, differences in points of top-1.</summary>
/// <param name="Other">The other network.</param>
/// <param name="Top1">Its accuracy.</param>
/// <param name="Agreement">The share that both take for the same class.</param>
/// <param name="Difference">By how much the first is better.</param>
/// <param name="Sources">The sources that intervals are over; null where they are over single images.</param>
internal sealed record NetworkComparison(
    string Other,
    (double Value, Interval? Interval) Top1,
    (double Value, Interval? Interval) Agreement,
    (double Value, Interval? Interval) Difference,
    int? Sources
)
{
    /// <summary>The comparison of two networks on images.</summary>
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

    /// <summary>The comparison of two networks on videos.</summary>
    public static NetworkComparison Of(VideoClassificationResult result, string other, VideoClassificationResult otherResult) =>
        new(other, (otherResult.Top1, otherResult.Top1Interval), result.Agreement(otherResult), result.Minus(otherResult), result.Sources);

    /// <summary>The part of the object of --json.</summary>
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

    /// <summary>Describes the comparison.</summary>
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

    private string Text(Interval? interval) =>
        Sources is { } sources ? Format.Interval(interval, sources) : $"95 % interval {Format.Range(interval)}";
}
