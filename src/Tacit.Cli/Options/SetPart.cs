using Tacit.Graphs;
using Tacit.Inference;

namespace Tacit.Cli.Options;

/// <summary>Which part of a set of videos is meant.</summary>
internal static class SetPart
{
    /// <summary>The word for the whole set.</summary>
    public const string All = "all";

    /// <summary>The part that is usually learnt from.</summary>
    public const string Train = "train";

    /// <summary>The part; null for the whole set, where it has no parts or all is asked for.</summary>
    /// <param name="splits">The part of each video.</param>
    /// <param name="given">What the command line says; null for <paramref name="usual"/> where the set has parts, else all.</param>
    /// <param name="usual">The part that is meant where nothing is said.</param>
    /// <param name="path">Where the set is from, for messages.</param>
    /// <exception cref="InvalidDatasetException">The set has parts, but no such part.</exception>
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
