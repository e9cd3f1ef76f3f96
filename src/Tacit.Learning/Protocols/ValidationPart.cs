using System.Collections.Immutable;
using Tacit.Graphs;

namespace Tacit.Learning.Protocols;

/// <summary>The part of the training videos that an epoch is chosen by: no source in it is learnt from, and every class is still learnt.</summary>
/// <remarks>
/// One of n folds by source (<see cref="StratifiedGroupKFold"/>), n the nearest to 1 / share: the one with the most classes among those that leave
/// videos of every class to learn from, between equals the first.
/// </remarks>
internal static class ValidationPart
{
    /// <summary>The indices of the videos, rising; none at a share of 0.</summary>
    /// <param name="labels">The class of each video.</param>
    /// <param name="groups">Its source.</param>
    /// <param name="share">The share, from 0 to 0.5.</param>
    /// <param name="seed">The seed.</param>
    /// <exception cref="InvalidDatasetException">The videos come from too few sources.</exception>
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
