using Tacit.Graphs;
using Tacit.Inference;

namespace Tacit.Cli.Options;

/// <summary>Selects a part of a set of videos, for example "train".</summary>
internal static class SetPart
{
    /// <summary>The word for the whole set.</summary>
    public const string All = "all";

    /// <summary>The part that is usually used for training.</summary>
    public const string Train = "train";

    /// <summary>Returns the part to use; null for the whole set.</summary>
    /// <param name="splits">The part of each video; null for a video without one.</param>
    /// <param name="given">The part on the command line, in any case; null if none is given.</param>
    /// <param name="usual">The part that is used if none is given and the set has parts.</param>
    /// <param name="path">The path of the set, for messages.</param>
    /// <exception cref="InvalidDatasetException">The set does not have the part.</exception>
    public static string? Of(IEnumerable<string?> splits, string? given, string usual, string path)
    {
        var parts = splits.OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        var part = given?.ToLowerInvariant() ?? (parts.Count == 0 ? All : usual); // as VideoItem.Split is kept
        return part == All ? null
            : parts.Contains(part) ? part
            : throw new InvalidDatasetException(
                $"{path} has no part {part}; {(parts.Count == 0 ? "it has none" : $"name one with --split: {string.Join(", ", parts)}, or {All}")}"
            )
            {
                Path = path,
            };
    }
}
