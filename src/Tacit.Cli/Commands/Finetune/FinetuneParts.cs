using System.Collections.Immutable;
using Tacit.Cli.Commands.Training;
using Tacit.Inference;
using Tacit.Inference.Video.Storage;

namespace Tacit.Cli.Commands.Finetune;

/// <summary>The videos that are trained on, the epoch chosen by some of them, and those that are tested.</summary>
/// <param name="Train">The part "train", or what was asked for.</param>
/// <param name="Test">The part "test", as far as it is not trained on; null where there is none.</param>
internal sealed record FinetuneParts(TrainingPart Train, TrainingPart? Test) : IVideoParts<FinetuneParts>
{
    private const string TestName = "test";

    /// <inheritdoc/>
    public static ImmutableArray<string> ListNames { get; } = [.. TrainingPart.ListNames, "test-videos.tsv"];

    /// <summary>The videos of other parts of the set.</summary>
    public int LeftOut => Train.LeftOut - (Test?.Store.Videos.Length ?? 0);

    /// <summary>Sources that are on both sides: what is tested was in part seen.</summary>
    public int SharedSources => Test is null ? 0 : Sources(Train).Intersect(Sources(Test), StringComparer.Ordinal).Count();

    /// <summary>Divides a set.</summary>
    /// <exception cref="InvalidDatasetException">It has no such part.</exception>
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
