using System.Collections.Immutable;

namespace Tacit.Learning.Evaluation;

/// <summary>Computes the accuracy of each class with its confidence interval.</summary>
internal static class ClassAccuracies
{
    /// <summary>Computes the accuracies of the tested classes, in index order.</summary>
    /// <param name="classes">The names of all classes.</param>
    /// <param name="labels">The class of each tested video.</param>
    /// <param name="correct">Whether the class of each video was predicted correctly: 0 or 1, or the mean over repeats.</param>
    /// <param name="groups">The source of each video.</param>
    /// <param name="bootstrap">Computes the intervals.</param>
    public static ImmutableArray<ClassAccuracy> Of(
        ImmutableArray<string> classes,
        ImmutableArray<int> labels,
        ImmutableArray<double> correct,
        ImmutableArray<int> groups,
        ClusterBootstrap bootstrap
    ) =>
        [
            .. Enumerable
                .Range(0, labels.Length)
                .GroupBy(video => labels[video])
                .OrderBy(videos => videos.Key)
                .Select(videos =>
                {
                    ImmutableArray<double> own = [.. videos.Select(video => correct[video])];
                    return new ClassAccuracy(
                        classes[videos.Key],
                        own.Length,
                        100 * own.Average(),
                        bootstrap.Percent(own, [.. videos.Select(video => groups[video])])
                    );
                }),
        ];
}
