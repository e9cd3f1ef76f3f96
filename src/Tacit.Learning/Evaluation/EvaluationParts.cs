using System.Runtime.ExceptionServices;
using Tacit.Inference;

namespace Tacit.Learning.Evaluation;

/// <summary>One division of the videos into training and test.</summary>
/// <param name="Repeat">The index of the repeat, from 0.</param>
/// <param name="Train">The indices of the training videos.</param>
/// <param name="Test">The indices of the test videos.</param>
internal sealed record EvaluationPart(int Repeat, int[] Train, int[] Test);

/// <summary>All divisions of an evaluation.</summary>
/// <param name="AreGiven">Whether the division of the set is used instead of cross-validation.</param>
/// <param name="Parts">The divisions, ordered by repeat and fold.</param>
internal sealed record EvaluationParts(bool AreGiven, IReadOnlyList<EvaluationPart> Parts)
{
    private const string TrainName = "train";
    private const string TestName = "test";

    /// <summary>Divides labelled videos as the options specify.</summary>
    /// <param name="features">The videos with their classes and sources.</param>
    /// <param name="options">The kind of division and its parameters.</param>
    /// <exception cref="InvalidDatasetException">
    /// A given division is requested but the set has none, or there are fewer sources than folds.
    /// </exception>
    public static EvaluationParts Of(LabelledFeatures features, EvaluationOptions options)
    {
        var (train, test) = (In(features, TrainName), In(features, TestName));
        return options.Division switch
        {
            EvaluationDivision.CrossValidation => new(false, Folds(features, options)),
            _ when train.Length > 0 && test.Length > 0 => new(true, [new EvaluationPart(0, train, test)]),
            EvaluationDivision.Automatic => new(false, Folds(features, options)),
            _ => throw new InvalidDatasetException(
                $"the videos are not divided into {TrainName} and {TestName} ({Describe(features)}); divide them, or cross-validate"
            ),
        };
    }

    /// <summary>Evaluates all parts, several at a time.</summary>
    /// <typeparam name="T">The type of the result of a part.</typeparam>
    /// <param name="work">Evaluates a part. It may be called by several threads at a time.</param>
    /// <param name="parallelism">The number of parts evaluated at a time.</param>
    /// <param name="progress">Receives the progress after each part; null for none.</param>
    /// <param name="cancellation">Cancels the evaluation.</param>
    /// <returns>The results in the order of <see cref="Parts"/>.</returns>
    public T[] Run<T>(Func<EvaluationPart, T> work, int parallelism, IProgress<PartProgress>? progress, CancellationToken cancellation)
    {
        var results = new T[Parts.Count];
        var done = 0;
        var order = new Lock();
        try
        {
            Parallel.For(
                0,
                results.Length,
                new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellation },
                i =>
                {
                    results[i] = work(Parts[i]);
                    lock (order)
                    {
                        progress?.Report(new PartProgress(++done, results.Length));
                    }
                }
            );
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }

        return results;
    }

    private static int[] In(LabelledFeatures features, string split) =>
        [
            .. Enumerable
                .Range(0, features.Labels.Length)
                .Where(video => string.Equals(features.Features.Videos[video].Split, split, StringComparison.OrdinalIgnoreCase)),
        ];

    private static List<EvaluationPart> Folds(LabelledFeatures features, EvaluationOptions options)
    {
        var sources = features.Groups.Distinct().Count();
        if (sources < options.Folds)
        {
            throw new InvalidDatasetException(
                $"{options.Folds} folds by source need as many sources, the videos come from {sources}; take fewer folds"
            );
        }

        var all = Enumerable.Range(0, features.Labels.Length).ToArray();
        var parts = new List<EvaluationPart>();
        for (var repeat = 0; repeat < options.Repeats; repeat++)
        {
            var folds = StratifiedGroupKFold.Of(features.Labels.AsSpan(), features.Groups.AsSpan(), options.Folds, options.Seed, repeat);
            for (var fold = 0; fold < options.Folds; fold++)
            {
                parts.Add(
                    new EvaluationPart(repeat, [.. all.Where(video => folds[video] != fold)], [.. all.Where(video => folds[video] == fold)])
                );
            }
        }

        return parts;
    }

    private static string Describe(LabelledFeatures features)
    {
        var splits = features
            .Features.Videos.Select(video => video.Split)
            .OfType<string>()
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToList();
        return splits.Count == 0 ? "they are not divided at all" : $"they are in {string.Join(", ", splits.Take(5))}";
    }
}
