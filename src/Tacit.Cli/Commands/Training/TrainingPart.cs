using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Tacit.Cli.Options;
using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Inference.Video.Storage;

namespace Tacit.Cli.Commands.Training;

/// <summary>The videos of a set that a run trains on.</summary>
/// <param name="Store">The training videos.</param>
/// <param name="LeftOut">The number of other videos in the set.</param>
/// <param name="IsLabelled">
/// Whether the run uses classes and sources. A resumed run then also verifies that these have not changed. Default false.
/// </param>
internal sealed record TrainingPart(IFrameStore Store, int LeftOut, bool IsLabelled = false) : IVideoParts<TrainingPart>
{
    /// <inheritdoc/>
    public static ImmutableArray<string> ListNames { get; } = ["videos.tsv"];

    /// <summary>Selects the training part of a set.</summary>
    /// <param name="store">The videos of the whole set.</param>
    /// <param name="split">The part; null for "train" if the set has parts, otherwise the whole set.</param>
    /// <param name="path">The path of the set, for messages.</param>
    /// <exception cref="InvalidDatasetException">The set does not have the part.</exception>
    public static TrainingPart Of(IFrameStore store, string? split, string path)
    {
        if (SetPart.Of(store.Videos.Select(video => video.Split), split, SetPart.Train, path) is not { } part)
        {
            return new TrainingPart(store, 0);
        }

        ImmutableArray<int> chosen = [.. Enumerable.Range(0, store.Videos.Length).Where(video => store.Videos[video].Split == part)];
        return new TrainingPart(new ChosenVideos(store, chosen), store.Videos.Length - chosen.Length);
    }

    /// <summary>Selects the videos with which a run began. Videos that were added to the set since then are left out.</summary>
    /// <param name="store">The videos of the whole set.</param>
    /// <param name="lines">The lines that <see cref="Describe"/> wrote, one for each video.</param>
    /// <param name="path">The path of the set, for messages.</param>
    /// <param name="isLabelled">The value of <see cref="IsLabelled"/> with which the lines were written. Default false.</param>
    /// <exception cref="InvalidDatasetException">A video is missing, unreadable or has changed. The message names the first.</exception>
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

    /// <summary>Returns a line of text for each video, which identifies it when the run is resumed.</summary>
    /// <remarks>
    /// The fields are separated by tabs: name, number of frames, height and width in pixels, and for labelled videos class and source.
    /// Tabs, line breaks and backslashes in names are escaped.
    /// </remarks>
    /// <returns>The lines in UTF-8.</returns>
    public byte[] Describe() => Encoding.UTF8.GetBytes(string.Concat(Store.Videos.Select(video => Line(video, IsLabelled) + "\n")));

    /// <summary>Returns the line that identifies a video.</summary>
    private static string Line(StoredVideo video, bool isLabelled) =>
        string.Create(CultureInfo.InvariantCulture, $"{Field(video.Name)}\t{video.Frames}\t{video.Height}\t{video.Width}")
        + (isLabelled ? $"\t{Field(video.Label)}\t{Field(video.Source)}" : "");

    /// <summary>Escapes characters that separate fields and lines. File names may contain any of them.</summary>
    private static string? Field(string? text) =>
        text
            ?.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\n", "\\n", StringComparison.Ordinal)
            .Replace("\r", "\\r", StringComparison.Ordinal)
            .Replace("\t", "\\t", StringComparison.Ordinal);
}
