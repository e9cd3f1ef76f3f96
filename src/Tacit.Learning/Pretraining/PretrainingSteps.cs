using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Clips;
using Tacit.Learning.Clips.Augmentation;
using Tacit.Learning.Optimization;
using Tacit.Learning.Pretraining.Methods;
using Tacit.Learning.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining;

/// <summary>The steps of a pretraining and what they change: networks, optimiser, memory and monitors.</summary>
internal sealed class PretrainingSteps(
    PretrainingOptions options,
    long steps,
    IPretrainingMethod method,
    OnlineAndTarget networks,
    WeightUpdate update,
    IFrameStore store,
    ClipFeed feed,
    Device device,
    TrainingClock clock
) : ITrainingState
{
    private const string WeightsSection = "weights";
    private const string UpdateSection = "update";
    private const string MemorySection = "memory";
    private const string PositivesName = "positives";
    private const string CollapseValue = "collapse";
    private const string ClockValue = "clock";
    private const string UnreadableValue = "unreadable";
    private const int FactsOfClip = 4;

    private readonly ClipAugmentation _augmentation = new(options.Augmentation);
    private readonly FeatureMonitor _features = new(options, store, device);
    private readonly CollapseMonitor _collapse = new();

    /// <inheritdoc/>
    public long Done { get; private set; }

    /// <summary>Whether the embeddings tell clips apart; if not, they may be about to collapse.</summary>
    public bool IsSound => _collapse.Steps == 0;

    /// <summary>The clips of the last step that had a retrieved positive, and what it was.</summary>
    public ImmutableArray<(ClipIdentity Clip, ClipIdentity Positive)> Positives { get; private set; } = [];

    /// <summary>One change of the weights by the mean gradient of some batches, and now and then a look at the features.</summary>
    /// <exception cref="TrainingFailedException">The loss is not a number, or the embeddings collapsed.</exception>
    public async ValueTask<ImmutableSortedDictionary<string, double>> StepAsync(CancellationToken cancellation)
    {
        var batches = new LoadedBatch[options.Accumulation];
        for (var part = 0; part < batches.Length; part++)
        {
            batches[part] = await feed.TakeAsync((Done * batches.Length) + part, cancellation).ConfigureAwait(false);
        }

        var losses = Step(Done, batches);
        Done++;

        // A look takes a moment and is not needed to go on: it is not cancelled.
        return Done == 1 || Done % options.MonitorInterval == 0 || Done == steps
            ? losses.SetItems(await _features.LookAsync(networks.Features, CancellationToken.None).ConfigureAwait(false))
            : losses;
    }

    private ImmutableSortedDictionary<string, double> Step(long step, LoadedBatch[] batches)
    {
        var losses = ImmutableSortedDictionary.CreateBuilder<string, double>(StringComparer.Ordinal);
        foreach (var batch in batches)
        {
            foreach (var (name, value) in Backward(batch))
            {
                losses[name] = losses.GetValueOrDefault(name) + (value / batches.Length);
            }
        }

        losses["gradient"] = update.Step(step, batches.Length);
        losses["rate"] = update.RateAt(step);
        losses["waiting"] = clock.WaitingShare;
        if (options.Recipe.TargetNetwork == TargetNetwork.Momentum)
        {
            losses["momentum"] = networks.Follow(step);
        }

        Check(step, losses);
        return losses.ToImmutable();
    }

    /// <summary>The weights that a checkpoint holds, as <see cref="OnlineAndTarget.Save()"/> gave them.</summary>
    public static IReadOnlyDictionary<string, TensorData> WeightsOf(Checkpoint checkpoint) => checkpoint.Section(WeightsSection);

    /// <summary>The state after the steps that are done.</summary>
    /// <exception cref="TrainingFailedException">The embeddings do not tell clips apart.</exception>
    public Checkpoint Save() => IsSound ? Captured() : throw Collapsed(Done);

    private Checkpoint Captured() =>
        new Checkpoint(VideoPretraining.Stage, Done)
            .With(WeightsSection, networks.Save())
            .With(UpdateSection, update.Save())
            .With(MemorySection, method.Save())
            .With(
                PositivesName,
                TensorData.Of<long>([
                    .. Positives
                        .SelectMany(pair => new[] { pair.Clip, pair.Positive })
                        .SelectMany(clip => new long[] { clip.Step, clip.Row, clip.Video, clip.Speed }),
                ])
            )
            .WithState(CollapseValue, _collapse.Steps)
            .WithState(ClockValue, clock.Times)
            .WithState(UnreadableValue, feed.Loader.Unreadable);

    /// <summary>Takes up a state.</summary>
    /// <exception cref="InvalidFileException">It is of another run.</exception>
    public void Restore(Checkpoint checkpoint)
    {
        Done = checkpoint.Step;
        networks.Restore(WeightsOf(checkpoint));
        update.Restore(checkpoint.Section(UpdateSection));
        method.Restore(checkpoint.Section(MemorySection));
        var clips = checkpoint[PositivesName]
            .As<long>()
            .ToArray()
            .Chunk(FactsOfClip)
            .Select(facts => new ClipIdentity(facts[0], (int)facts[1], (int)facts[2], (int)facts[3]))
            .ToList();
        Positives = [.. clips.Chunk(2).Select(pair => (pair[0], pair[1]))];
        _collapse.Restore(checkpoint.State<int>(CollapseValue));
        clock.Restore(checkpoint.State<TrainingTimes>(ClockValue));
        feed.Loader.Remember(checkpoint.State<Dictionary<string, string>>(UnreadableValue));
    }

    private ImmutableSortedDictionary<string, double> Backward(LoadedBatch batch)
    {
        using var scope = NewDisposeScope();
        var stamp = clock.Stamp();
        var clips = _augmentation.Apply(batch.Clips, options.Seed, batch.Step).to(device); // (V·B, 3, T, S, S)
        clock.Augmented(stamp);
        var (online, target) = networks.Embed(clips);
        var loss = method.Loss(online, target, batch);
        loss.Total.backward();
        Positives = [.. loss.Positives.Select(positive => (batch.Identities[positive.Row], positive.Positive))];
        return loss
            .Parts.Add("loss", loss.Total.ToDouble())
            .AddRange(
                options.Recipe.Heads.Select(head => KeyValuePair.Create($"spread.{head.Name}", CollapseMonitor.Spread(online[head.Name])))
            )
            .AddRange(PositiveLabels());
    }

    // For the log alone: how often a retrieved positive has its clip's class.
    private IEnumerable<KeyValuePair<string, double>> PositiveLabels()
    {
        var labelled = Positives.Where(pair => store.Videos[pair.Clip.Video].Label is not null).ToList();
        return labelled.Count == 0
            ? []
            :
            [
                KeyValuePair.Create(
                    "positives.label",
                    labelled.Average(pair => store.Videos[pair.Clip.Video].Label == store.Videos[pair.Positive.Video].Label ? 1.0 : 0.0)
                ),
            ];
    }

    private void Check(long step, IReadOnlyDictionary<string, double> losses)
    {
        if (!double.IsFinite(losses["loss"]) || !double.IsFinite(losses["gradient"]))
        {
            throw new TrainingFailedException(
                $"the loss or its gradient is not a number at step {step + 1}; lower the learning rate{(options.Precision == Precision.BFloat16 ? ", or compute in float32" : "")}"
            );
        }

        var spreads = losses.Where(loss => loss.Key.StartsWith("spread.", StringComparison.Ordinal)).ToList();
        if (_collapse.IsCollapsed(spreads.Select(spread => spread.Value)))
        {
            throw Collapsed(step + 1);
        }
    }

    private TrainingFailedException Collapsed(long steps) =>
        new(
            $"the embeddings collapsed: for {_collapse.Steps} steps up to step {steps} all clips had nearly the same (spread below {CollapseMonitor.LeastSpread}); raise the momentum of the target, the batch or the augmentation, or lower the learning rate"
        );
}
