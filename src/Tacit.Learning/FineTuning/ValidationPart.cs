using System.Collections.Immutable;
using Tacit.Inference;
using Tacit.Learning.Evaluation;

namespace Tacit.Learning.FineTuning;

/// <summary>
/// Selects the training videos that are held out to choose an epoch. Their sources are not used for training, and every class
/// keeps training videos.
/// </summary>
/// <remarks>
/// The videos are divided into n folds by source (<see cref="StratifiedGroupKFold"/>), with n the nearest integer to 1 / share. Of the
/// folds whose removal leaves videos of every class, the one with the most classes is held out; of equal ones, the first.
/// </remarks>
internal static class ValidationPart
{
    /// <summary>Selects the videos to hold out.</summary>
    /// <param name="labels">The class of each video.</param>
    /// <param name="groups">The source of each video.</param>
    /// <param name="share">The share to hold out, 0 to 0.5.</param>
    /// <param name="seed">The seed of the division.</param>
    /// <returns>The indices of the videos, ascending; empty if <paramref name="share"/> is 0.</returns>
    /// <exception cref="InvalidDatasetException">There are too few sources, or every fold contains all videos of some class.</exception>
    public static ImmutableArray<int> Of(ImmutableArray<int> labels, ImmutableArray<int> groups, double share, ulong seed)
    {
        if (share == 0)
        {
            return [];
        }

        var (parts, sources) = ((int)Math.Round(1 / share), groups.Distinct().Count());
        if (sources < parts)
        {
            throw new InvalidDatasetException(
                $"to hold out one of {parts} parts by source takes {parts} sources, the training videos come from {sources}; make the validation part larger (0.5 at most), or do without it (0)"
            );
        }

        var folds = StratifiedGroupKFold.Of(labels.AsSpan(), groups.AsSpan(), parts, seed);
        var classes = labels.Distinct().Count();
        var candidates = Enumerable.Range(0, parts).Where(fold => Classes(labels, folds, video => video != fold) == classes).ToList();
        return candidates.Count == 0
            ? throw new InvalidDatasetException(
                $"none of {parts} parts by source can be held out, since each has all videos of some class; do without a validation part (0)"
            )
            : Members(folds, candidates.MaxBy(fold => Classes(labels, folds, video => video == fold)));
    }

    private static ImmutableArray<int> Members(ImmutableArray<int> folds, int fold) =>
        [.. Enumerable.Range(0, folds.Length).Where(video => folds[video] == fold)];

    private static int Classes(ImmutableArray<int> labels, ImmutableArray<int> folds, Func<int, bool> fold) =>
        labels.Where((_, video) => fold(folds[video])).Distinct().Count();
}
