using System.Collections.Immutable;
using System.CommandLine;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Metrics;
using Tacit.Inference.Sessions;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Sets;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Evaluation;
using Tacit.Learning.FineTuning;
using Tacit.Learning.Pretraining;
using Tacit.Learning.Pretraining.Methods;
using TorchSharp;

namespace Tacit.Bench;

/// <summary>The result of an encoder that was pretrained on some videos and tested on the others.</summary>
/// <param name="Division">"folds" or "given".</param>
/// <param name="Arm">The arm.</param>
/// <param name="Repeat">The repeat of the folds, or the seed of a given division; both are the seed of training.</param>
/// <param name="Fold">The fold that was tested; 0 for a given division.</param>
/// <param name="Knn">The tested videos, and whether nearest neighbours predicted their class.</param>
/// <param name="Probe">The same for a linear probe.</param>
/// <param name="Seconds">The time of training.</param>
/// <param name="Budget">The set and the training budget. Results with others are kept separate.</param>
internal sealed record ClipResult(
    string Division,
    string Arm,
    int Repeat,
    int Fold,
    Dictionary<string, bool> Knn,
    Dictionary<string, bool> Probe,
    double Seconds,
    string Budget
)
{
    /// <summary>The same for the fine-tuned encoder; null if it was not fine-tuned.</summary>
    public Dictionary<string, bool>? FineTuned { get; init; }

    /// <summary>Whether the nearest training video has the class of the tested one.</summary>
    public Dictionary<string, bool>? FirstFound { get; init; }

    /// <summary>Whether one of the five nearest training videos has this class.</summary>
    public Dictionary<string, bool>? FifthFound { get; init; }
}

/// <summary>The command clips: compares pretraining methods on labelled videos, each trained on the training part only.</summary>
internal static class ClipsCommand
{
    private const string Folds = "folds";
    private const string Given = "given";

    public static Command Create()
    {
        var videos = new Argument<string>("VIDEOS") { Description = "Labelled videos with sources." };
        var division = new Option<string>("--division")
        {
            Description = "folds: cross-validation grouped by source; given: the set's own parts.",
            DefaultValueFactory = _ => Folds,
        };
        var arms = new Option<string[]>("--arm") { Description = "An arm; all of them without it." };
        var first = new Option<int>("--first-repeat") { Description = "The first repeat, so that several processes can share the work." };
        var repeats = new Option<int>("--repeats")
        {
            Description = "Repeats of the folds, or seeds of the given division.",
            DefaultValueFactory = _ => 1,
        };
        var epochs = new Option<int>("--epochs") { Description = "Passes over the training videos.", DefaultValueFactory = _ => 25 };
        var width = new Option<double>("--width") { Description = "Width of r3d-10.", DefaultValueFactory = _ => 0.25 };
        var fineTuning = new Option<int>("--finetune")
        {
            Description = "Passes of fine-tuning each encoder on the training videos; 0 for none.",
            DefaultValueFactory = _ => 0,
        };
        var threads = new Option<int>("--threads") { Description = "Threads that compute.", DefaultValueFactory = _ => 1 };
        var output = new Option<string>("--out")
        {
            Description = "The ledger.",
            DefaultValueFactory = _ => "artifacts/pretraining/clips.jsonl",
        };
        var table = new Option<string[]>("--table")
        {
            Description = "Trains nothing: the tables of these ledgers.",
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new Command(
            "clips",
            "Pretrains on labelled videos by several methods and judges the encoders on videos of other sources."
        )
        {
            videos,
            division,
            arms,
            first,
            repeats,
            epochs,
            width,
            fineTuning,
            threads,
            output,
            table,
        };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                torch.set_num_threads(parsed.GetValue(threads));
                var set = VideoSet.Read(parsed.GetRequiredValue(videos), cancellationToken: cancellation);
                using var opened = await VideoStore.OpenAsync(
                    set,
                    $"artifacts/pretraining/cache-{Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(set.Path))}",
                    long.MaxValue,
                    cancellation: cancellation
                );
                if (parsed.GetValue(table) is { Length: > 0 } ledgers)
                {
                    Write([.. ledgers.SelectMany(path => new Ledger<ClipResult>(path).Entries)], opened.Store);
                    return 0;
                }

                var options = PretrainingOptions.Of(PretrainingPreset.Tiny) with
                {
                    Width = parsed.GetValue(width),
                    Epochs = parsed.GetValue(epochs),
                    MonitorInterval = 1_000_000,
                };
                var ledger = new Ledger<ClipResult>(parsed.GetRequiredValue(output));
                var budget = FormattableString.Invariant(
                    $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(set.Path))}, {options.Backbone}, width {options.Width}, {options.Epochs} epochs"
                );
                var tuned = parsed.GetValue(fineTuning) is var passes and > 0
                    ? VideoFineTuningOptions.Of(FineTuningPreset.Tiny) with
                    {
                        Epochs = passes,
                    }
                    : null;
                budget += tuned is null ? "" : $", fine-tuned {tuned.Epochs} epochs";
                var isGiven = parsed.GetValue(division) == Given;
                for (var repeat = parsed.GetValue(first); repeat < parsed.GetValue(first) + parsed.GetValue(repeats); repeat++)
                {
                    var parts = isGiven ? GivenParts(opened.Store) : FoldParts(opened.Store, repeat);
                    for (var fold = 0; fold < parts.Length; fold++)
                    {
                        foreach (var arm in PretrainingArm.Of(parsed.GetValue(arms) ?? []))
                        {
                            var kind = isGiven ? Given : Folds;
                            if (
                                !ledger.Entries.Any(entry =>
                                    (entry.Division, entry.Arm, entry.Repeat, entry.Fold, entry.Budget)
                                    == (kind, arm.Name, repeat, fold, budget)
                                )
                            )
                            {
                                Console.Error.WriteLine($"{kind}: {arm.Name}, repeat {repeat}, fold {fold}");
                                var (train, test) = parts[fold];
                                ledger.Add(
                                    await MeasureAsync(
                                        kind,
                                        arm,
                                        options with
                                        {
                                            Seed = (ulong)repeat,
                                        },
                                        tuned,
                                        opened.Store,
                                        train,
                                        test,
                                        repeat,
                                        fold,
                                        cancellation
                                    ) with
                                    {
                                        Budget = budget,
                                    }
                                );
                            }
                        }
                    }
                }

                Write(ledger.Entries, opened.Store);
                return 0;
            }
        );
        return command;
    }

    private static (int[] Train, int[] Test)[] GivenParts(IFrameStore store)
    {
        return [(Of("train"), Of("test"))];

        int[] Of(string part) => [.. Enumerable.Range(0, store.Videos.Length).Where(video => store.Videos[video].Split == part)];
    }

    private static (int[] Train, int[] Test)[] FoldParts(IFrameStore store, int repeat)
    {
        var labelled = Labelled(store, new float[store.Videos.Length]);
        var folds = StratifiedGroupKFold.Of(labelled.Labels.AsSpan(), labelled.Groups.AsSpan(), folds: 5, seed: 0, repeat);
        return
        [
            .. Enumerable
                .Range(0, 5)
                .Select(fold =>
                    (
                        Enumerable.Range(0, folds.Length).Where(video => folds[video] != fold).ToArray(),
                        Enumerable.Range(0, folds.Length).Where(video => folds[video] == fold).ToArray()
                    )
                ),
        ];
    }

    private static LabelledFeatures Labelled(IFrameStore store, float[] values) =>
        LabelledFeatures.Of(new VideoFeatures(store.Videos, values));

    private static async Task<ClipResult> MeasureAsync(
        string kind,
        PretrainingArm arm,
        PretrainingOptions options,
        VideoFineTuningOptions? tuned,
        IFrameStore store,
        int[] train,
        int[] test,
        int repeat,
        int fold,
        CancellationToken cancellation
    )
    {
        var started = TimeProvider.System.GetTimestamp();
        var encoder = VideoPretraining.Described(VideoPretraining.EncoderOf(options), options);
        if (arm.Recipe is not null)
        {
            using var seen = new ChosenVideos(store, [.. train]);
            encoder = (await new VideoPretraining(options with { Recipe = arm.Recipe }).RunAsync(seen, cancellation: cancellation)).Encoder;
        }

        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        var labelled = LabelledFeatures.Of(await EncodeAsync(encoder, store, cancellation));
        var ranks = Retrieval.FirstHits(labelled, train, test, cancellation);
        return new ClipResult(
            kind,
            arm.Name,
            repeat,
            fold,
            Judge(new KnnClassifier(), labelled, train, test, cancellation),
            Judge(new LinearProbe(), labelled, train, test, cancellation),
            seconds,
            ""
        )
        {
            FirstFound = Named(rank => rank < 1),
            FifthFound = Named(rank => rank < 5),
            FineTuned = tuned is null
                ? null
                : await FineTuneAsync(encoder, tuned with { Seed = (ulong)repeat }, store, train, test, cancellation),
        };

        Dictionary<string, bool> Named(Func<int, bool> found) =>
            test.Zip(ranks).ToDictionary(pair => store.Videos[pair.First].Name, pair => found(pair.Second), StringComparer.Ordinal);
    }

    private static async Task<Dictionary<string, bool>> FineTuneAsync(
        Model encoder,
        VideoFineTuningOptions options,
        IFrameStore store,
        int[] train,
        int[] test,
        CancellationToken cancellation
    )
    {
        using var learnt = new ChosenVideos(store, [.. train]);
        using var tested = new ChosenVideos(store, [.. test]);
        var trained = await new VideoFineTuning(options).RunAsync(encoder, learnt, cancellation: cancellation);
        using var session = OnnxSession.Open(OnnxWriter.ToBytes(trained.Classifier), new OnnxSessionOptions { Threads = 1 });
        var result = VideoClassificationResult.Of(
            await new ClipClassifier(session).ScoresAsync(tested, cancellation: cancellation),
            trained.Classes
        );
        return result.Videos.Zip(result.Correct).ToDictionary(pair => pair.First, pair => pair.Second > 0, StringComparer.Ordinal);
    }

    private static async Task<VideoFeatures> EncodeAsync(Model encoder, IFrameStore store, CancellationToken cancellation)
    {
        using var session = OnnxSession.Open(OnnxWriter.ToBytes(encoder), new OnnxSessionOptions { Threads = 1 });
        return await new VideoEncoder(session).EncodeAsync(store, cancellation: cancellation);
    }

    private static Dictionary<string, bool> Judge(
        IFeatureClassifier classifier,
        LabelledFeatures features,
        int[] train,
        int[] test,
        CancellationToken cancellation
    ) =>
        classifier
            .Predict(features, train, test, cancellation)
            .Zip(test)
            .ToDictionary(
                pair => features.Features.Videos[pair.Second].Name,
                pair => pair.First == features.Labels[pair.Second],
                StringComparer.Ordinal
            );

    private static void Write(IReadOnlyList<ClipResult> results, IFrameStore store)
    {
        var sources = store.Videos.ToDictionary(video => video.Name, video => video.Source ?? video.Name, StringComparer.Ordinal);
        foreach (var group in results.GroupBy(result => (result.Division, result.Budget)))
        {
            var (kind, budget) = group.Key;
            foreach (
                var (judge, correct) in new (string, Func<ClipResult, Dictionary<string, bool>?>)[]
                {
                    ("kNN", result => result.Knn),
                    ("linear probe", result => result.Probe),
                    ("fine-tuned", result => result.FineTuned),
                    ("retrieval, the nearest", result => result.FirstFound),
                    ("retrieval, one of the five nearest", result => result.FifthFound),
                }
            )
            {
                if (group.Any(result => correct(result) is null))
                {
                    continue;
                }

                Console.Out.WriteLine(
                    $"\n{budget}; {kind}, {judge}\n\n| arm | accuracy, % | 95 % | against random weights | against BYOL | repeats | s |\n|---|---:|---|---|---|---:|---:|"
                );
                var shares = PretrainingArm
                    .All.Select(arm => (arm.Name, Of: group.Where(result => result.Arm == arm.Name).ToList()))
                    .Where(arm => arm.Of.Count > 0)
                    .ToDictionary(arm => arm.Name, arm => (arm.Of, Shares: Shares(arm.Of, correct)));
                foreach (var (name, (of, share)) in shares)
                {
                    var interval = new ClusterBootstrap().Mean(Values(share), Groups(share, sources));
                    Console.Out.WriteLine(
                        $"| {name} | {100 * share.Values.Average():F1} | {100 * interval.Low:F1} to {100 * interval.High:F1} | {Against("random weights")} | {Against("BYOL")} | {of.Select(result => result.Repeat).Distinct().Count()} | {of.Average(result => result.Seconds):F0} |"
                    );

                    string Against(string other) =>
                        name == other || !shares.TryGetValue(other, out var theirs) ? "" : Difference(share, theirs.Shares, sources);
                }
            }
        }
    }

    private static string Difference(
        SortedDictionary<string, double> ours,
        SortedDictionary<string, double> theirs,
        Dictionary<string, string> sources
    )
    {
        if (!ours.Keys.SequenceEqual(theirs.Keys))
        {
            return "not all tested yet";
        }

        var interval = new ClusterBootstrap().Paired(Values(ours), Values(theirs), Groups(ours, sources));
        var verdict =
            interval.Low > 0 ? "better"
            : interval.High < 0 ? "worse"
            : "not told apart";
        return $"{100 * (ours.Values.Average() - theirs.Values.Average()):+0.0;-0.0} ({100 * interval.Low:+0.0;-0.0} to {100 * interval.High:+0.0;-0.0}): {verdict}";
    }

    // For each video, the share of repetitions in which its class was found.
    private static SortedDictionary<string, double> Shares(List<ClipResult> results, Func<ClipResult, Dictionary<string, bool>?> correct) =>
        new(
            results
                .SelectMany(result => correct(result)!)
                .GroupBy(pair => pair.Key)
                .ToDictionary(group => group.Key, group => group.Average(pair => pair.Value ? 1.0 : 0.0), StringComparer.Ordinal),
            StringComparer.Ordinal
        );

    private static double[] Values(SortedDictionary<string, double> shares) => [.. shares.Values];

    private static int[] Groups(SortedDictionary<string, double> shares, Dictionary<string, string> sources)
    {
        var names = shares.Keys.Select(name => sources[name]).Distinct().Order(StringComparer.Ordinal).ToList();
        return [.. shares.Keys.Select(name => names.IndexOf(sources[name]))];
    }
}
