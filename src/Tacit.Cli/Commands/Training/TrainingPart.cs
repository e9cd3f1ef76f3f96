using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Tacit.Cli.Options;
using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Inference.Video.Storage;

namespace Tacit.Cli.Commands.Training;

/// <summary>The videos of a set that are trained on.</summary>
/// <param name="Store">These videos.</param>
/// <param name="LeftOut">The number of the others.</param>
/// <param name="IsLabelled">Whether classes and sources matter: videos are then known again by these too.</param>
internal sealed record TrainingPart(IFrameStore Store, int LeftOut, bool IsLabelled = false) : IVideoParts<TrainingPart>
{
    /// <inheritdoc/>
    public static ImmutableArray<string> ListNames { get; } = ["videos.tsv"];

    /// <summary>Takes a part of a set.</summary>
    /// <param name="store">The set.</param>
    /// <param name="split">The part; null for "train" where there is one, else all.</param>
    /// <param name="path">Where the set is from, for messages.</param>
    /// <exception cref="InvalidDatasetException">The set has no such part.</exception>
    public static TrainingPart Of(IFrameStore store, string? split, string path)
    {
        if (SetPart.Of(store.Videos.Select(video => video.Split), split, SetPart.Train, path) is not { } part)
        {
            return new TrainingPart(store, 0);
        }

        ImmutableArray<int> chosen = [.. Enumerable.Range(0, store.Videos.Length).Where(video => store.Videos[video].Split == part)];
        return new TrainingPart(new ChosenVideos(store, chosen), store.Videos.Length - chosen.Length);
    }

    /// <summary>The videos that a run began with, as <see cref="Describe"/> wrote them; what has come to the set since is left out.</summary>
    /// <param name="store">The set.</param>
    /// <param name="lines">The lines of the description.</param>
    /// <param name="path">Where the set is from, for messages.</param>
    /// <param name="isLabelled">As <see cref="IsLabelled"/>.</param>
    /// <exception cref="InvalidDatasetException">One of them is gone or another.</exception>
    public static TrainingPart Listed(IFrameStore store, IReadOnlyList<string> lines, string path, bool isLabelled = false)
    {
        var places = store
            .Videos.Select((video, place) => (Line: Line(video, isLabelled), place))
            .ToDictionary(entry => entry.Line, entry => entry.place, StringComparer.Ordinal);
        var missing = lines.Where(line => !places.ContainsKey(line)).ToList();
        return missing.Count == 0
            ? new TrainingPart(
                new ChosenVideos(store, [.. lines.Select(line => places[line])]),
                store.Videos.Length - lines.Count,
                isLabelled
            )
            : throw new InvalidDatasetException(
                $"{missing.Count} of the videos in {path} that the run began with are missing, changed or unreadable, such as {missing[0].Split('\t')[0]}; put them back, or start again with --force"
            )
            {
                Path = path,
            };
    }

    static TrainingPart IVideoParts<TrainingPart>.Listed(IFrameStore store, IReadOnlyList<IReadOnlyList<string>> lists, string path) =>
        Listed(store, lists[0], path);

    ImmutableArray<byte[]> IVideoParts<TrainingPart>.Describe() => [Describe()];

    /// <summary>The videos as lines of text, by which they are known again: name, frames, height and width, and where they matter class and source.</summary>
    public byte[] Describe() => Encoding.UTF8.GetBytes(string.Concat(Store.Videos.Select(video => Line(video, IsLabelled) + "\n")));

    private static string Line(StoredVideo video, bool isLabelled) =>
        string.Create(CultureInfo.InvariantCulture, $"{Field(video.Name)}\t{video.Frames}\t{video.Height}\t{video.Width}")
        + (isLabelled ? $"\t{Field(video.Label)}\t{Field(video.Source)}" : "");

    // Names may hold whatever file names may.
    private static string? Field(string? text) =>
        text
            ?.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal)
            .Replace("\r", "\\r", StringComparison.Ordinal)
            .Replace("\t", "\\t", StringComparison.Ordinal);
}
