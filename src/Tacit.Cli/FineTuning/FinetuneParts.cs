using System.Collections.Immutable;
using Tacit.Cli.Pretraining;
using Tacit.Inference.Video;

namespace Tacit.Cli.FineTuning;

/// <summary>The videos that are trained on, the epoch chosen by some of them, and those that are tested.</summary>
/// <param name="Train">The part "train", or what was asked for.</param>
/// <param name="Test">The part "test", as far as it is not trained on; null where there is none.</param>
internal sealed record FinetuneParts(TrainingPart Train, TrainingPart? Test)
{
    private const string TestName = "test";

    /// <summary>The videos of other parts of the set.</summary>
    public int LeftOut => Train.LeftOut - (Test?.Store.Videos.Length ?? 0);

    /// <summary>Sources that are on both sides: what is tested was in part seen.</summary>
    public int SharedSources => Test is null ? 0 : Sources(Train).Intersect(Sources(Test), StringComparer.Ordinal).Count();

    /// <summary>Divides a set.</summary>
    /// <exception cref="Graphs.InvalidDatasetException">It has no such part.</exception>
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

    /// <summary>The parts that a run began with.</summary>
    /// <param name="store">The set.</param>
    /// <param name="train">What <see cref="TrainingPart.Describe"/> wrote of the one.</param>
    /// <param name="test">And of the other; nothing where nothing is tested.</param>
    /// <param name="path">Where the set is from, for messages.</param>
    /// <exception cref="Graphs.InvalidDatasetException">A video is gone or another.</exception>
    public static FinetuneParts Listed(IFrameStore store, IReadOnlyList<string> train, IReadOnlyList<string> test, string path) =>
        new(
            TrainingPart.Listed(store, train, path, isLabelled: true),
            test.Count == 0 ? null : TrainingPart.Listed(store, test, path, isLabelled: true)
        );

    private static IEnumerable<string> Sources(TrainingPart part) =>
        part.Store.Videos.Select(video => video.Source).OfType<string>().Distinct(StringComparer.Ordinal);
}
