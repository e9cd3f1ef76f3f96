using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Video;

namespace Tacit.Cli.Pretraining;

/// <summary>The videos of a set that are trained on.</summary>
/// <param name="Store">These videos.</param>
/// <param name="LeftOut">The number of the others.</param>
internal sealed record TrainingPart(IFrameStore Store, int LeftOut)
{
    /// <summary>The word for the whole set.</summary>
    public const string All = "all";

    private const string Train = "train";

    /// <summary>Takes a part of a set.</summary>
    /// <param name="store">The set.</param>
    /// <param name="split">The part; null for "train" where there is one, else all.</param>
    /// <param name="path">Where the set is from, for messages.</param>
    /// <exception cref="InvalidDatasetException">The set has no such part.</exception>
    public static TrainingPart Of(IFrameStore store, string? split, string path)
    {
        var parts = store.Videos.Select(video => video.Split).OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        split = split?.ToLowerInvariant() ?? (parts.Contains(Train) ? Train : All); // as VideoItem.Split is kept
        if (split == All)
        {
            return new TrainingPart(store, 0);
        }

        ImmutableArray<int> chosen = [.. Enumerable.Range(0, store.Videos.Length).Where(video => store.Videos[video].Split == split)];
        return chosen.IsEmpty
            ? throw new InvalidDatasetException($"{path} has no part {split}; it has {(parts.Count == 0 ? "none" : string.Join(", ", parts))}") { Path = path }
            : new TrainingPart(new ChosenVideos(store, chosen), store.Videos.Length - chosen.Length);
    }
}
