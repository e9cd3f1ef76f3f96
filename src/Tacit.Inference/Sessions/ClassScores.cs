using System.Collections.Immutable;
using System.Globalization;

namespace Tacit.Inference.Sessions;

// What the outputs of a classifier are called, and what its scores say.
internal sealed record ClassScores(ImmutableArray<string> Labels)
{
    private const float SumTolerance = 1e-3f;

    // The most likely classes, best first.
    public IReadOnlyList<Prediction> Best(float[] scores, int count) =>
        [
            .. Probabilities(scores)
                .Select((probability, index) => new Prediction(index, Label(index), probability))
                .OrderByDescending(prediction => prediction.Probability)
                .ThenBy(prediction => prediction.Index)
                .Take(count),
        ];

    private string Label(int index) => index < Labels.Length ? Labels[index] : index.ToString(CultureInfo.InvariantCulture);

    // Scores that are probabilities already stay as they are; others go through softmax.
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
