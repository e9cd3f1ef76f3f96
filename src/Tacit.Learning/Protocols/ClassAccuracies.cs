using System.Collections.Immutable;

namespace Tacit.Learning.Protocols;

/// <summary>The accuracy of each class, with its interval.</summary>
internal static class ClassAccuracies
{
    /// <summary>Those of the classes that were tested, in order.</summary>
    /// <param name="classes">The names of all classes.</param>
    /// <param name="labels">The class of each tested video.</param>
    /// <param name="correct">Whether it was found: 0 or 1, or the share of repeats.</param>
    /// <param name="groups">Its source.</param>
    /// <param name="bootstrap">How intervals are made.</param>
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
