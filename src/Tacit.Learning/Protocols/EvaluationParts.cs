using System.Runtime.ExceptionServices;
using Tacit.Graphs;

namespace Tacit.Learning.Protocols;

/// <summary>One division of the videos.</summary>
/// <param name="Repeat">The repeat that it belongs to.</param>
/// <param name="Train">The videos to learn from.</param>
/// <param name="Test">The videos to test.</param>
internal sealed record EvaluationPart(int Repeat, int[] Train, int[] Test);

/// <summary>All divisions of an evaluation.</summary>
internal sealed record EvaluationParts(bool AreGiven, IReadOnlyList<EvaluationPart> Parts)
{
    private const string TrainName = "train";
    private const string TestName = "test";

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

    /// <summary>Works on all parts, several at a time, and gives their results in order.</summary>
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
