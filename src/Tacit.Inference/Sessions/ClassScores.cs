using System.Collections.Immutable;
using System.Globalization;

namespace Tacit.Inference.Sessions;

/// <summary>The names of a classifier's outputs. Converts scores to predictions.</summary>
/// <param name="Labels">The names of the classes; empty if they are unknown.</param>
internal sealed record ClassScores(ImmutableArray<string> Labels)
{
    private const float SumTolerance = 1e-3f;

    /// <summary>Returns the most likely classes, the most likely first.</summary>
    /// <param name="scores">The logits or probabilities, one for each class.</param>
    /// <param name="count">The largest number of classes.</param>
    public IReadOnlyList<Prediction> Best(float[] scores, int count) =>
        [
            .. Probabilities(scores)
                .Select((probability, index) => new Prediction(index, Label(index), probability))
                .OrderByDescending(prediction => prediction.Probability)
                .ThenBy(prediction => prediction.Index)
                .Take(count),
        ];

    private string Label(int index) => index < Labels.Length ? Labels[index] : index.ToString(CultureInfo.InvariantCulture);

    // Scores that already are probabilities are kept. Others are converted by softmax.
    private static float[] Probabilities(float[] scores)
    {
        if (scores.All(score => score is >= 0 and <= 1) && Math.Abs(scores.Sum() - 1) <= SumTolerance)
        {
            return scores;
        }

        var max = scores.Max();
        var exponentials = scores.Select(score => MathF.Exp(score - max)).ToArray();
        var sum = exponentials.Sum();
        return [.. exponentials.Select(exponential => exponential / sum)];
    }
}
