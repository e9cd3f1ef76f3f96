using System.Collections.Immutable;
using Tacit.Cli.Commands.Training;
using Tacit.Inference;
using Tacit.Inference.Video.Storage;

namespace Tacit.Cli.Commands.Finetune;

/// <summary>The training and test videos of a fine-tuning. The epoch is chosen on a share of the training videos.</summary>
/// <param name="Train">The part of --split; by default the part "train", or all videos if the set has no parts.</param>
/// <param name="Test">The videos of the part "test" that are not in <paramref name="Train"/>; null if there are none.</param>
internal sealed record FinetuneParts(TrainingPart Train, TrainingPart? Test) : IVideoParts<FinetuneParts>
{
    private const string TestName = "test";

    /// <inheritdoc/>
    public static ImmutableArray<string> ListNames { get; } = [.. TrainingPart.ListNames, "test-videos.tsv"];

    /// <summary>The number of videos that are neither trained on nor tested.</summary>
    public int LeftOut => Train.LeftOut - (Test?.Store.Videos.Length ?? 0);

    /// <summary>
    /// The number of sources, such as original recordings, that have both training and test videos. Above 0, the test accuracy is too
    /// optimistic.
    /// </summary>
    public int SharedSources => Test is null ? 0 : Sources(Train).Intersect(Sources(Test), StringComparer.Ordinal).Count();

    /// <summary>Divides a set into training and test videos.</summary>
    /// <param name="store">The videos of the whole set.</param>
    /// <param name="split">The training part; null for "train" if the set has parts, otherwise the whole set.</param>
    /// <param name="path">The path of the set, for messages.</param>
    /// <exception cref="InvalidDatasetException">The set does not have the part.</exception>
    public static FinetuneParts Of(IFrameStore store, string? split, string path)
    {
        var train = TrainingPart.Of(store, split, path) with { IsLabelled = true };
        var learnt = train.Store.Videos.Select(video => video.Name).ToHashSet(StringComparer.Ordinal);
        ImmutableArray<int> test =
        [
            .. Enumerable
                .Range(0, store.Videos.Length)
                .Where(video => store.Videos[video].Split == TestName && !learnt.Contains(store.Videos[video].Name)),
        ];
        return new FinetuneParts(
            train,
            test.IsEmpty ? null : new TrainingPart(new ChosenVideos(store, test), store.Videos.Length - test.Length, IsLabelled: true)
        );
    }

    /// <inheritdoc/>
    public static FinetuneParts Listed(IFrameStore store, IReadOnlyList<IReadOnlyList<string>> lists, string path) =>
        new(
            TrainingPart.Listed(store, lists[0], path, isLabelled: true),
            lists[1].Count == 0 ? null : TrainingPart.Listed(store, lists[1], path, isLabelled: true)
        );

    /// <inheritdoc/>
    public ImmutableArray<byte[]> Describe() => [Train.Describe(), Test?.Describe() ?? []];

    private static IEnumerable<string> Sources(TrainingPart part) =>
        part.Store.Videos.Select(video => video.Source).OfType<string>().Distinct(StringComparer.Ordinal);
}
