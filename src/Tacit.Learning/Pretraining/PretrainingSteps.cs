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

/// <summary>Performs the steps of a pretraining and holds its state: networks, optimiser, memory of the method, and monitors.</summary>
/// <param name="options">The options.</param>
/// <param name="steps">The total number of steps.</param>
/// <param name="method">The loss and the memory.</param>
/// <param name="networks">The online and the target network.</param>
/// <param name="update">The optimiser of the online network.</param>
/// <param name="store">The videos, for the log.</param>
/// <param name="feed">The clips.</param>
/// <param name="device">The device of the networks.</param>
/// <param name="clock">Measures the time spent waiting and augmenting.</param>
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

    /// <summary>
    /// Whether the embeddings of the last step distinguished clips. If not, they may be about to collapse, and no checkpoint is written.
    /// </summary>
    public bool IsSound => _collapse.Steps == 0;

    /// <summary>The clips of the last batch for which positives were found, each with the clip that became its positive.</summary>
    public ImmutableArray<(ClipIdentity Clip, ClipIdentity Positive)> Positives { get; private set; } = [];

    /// <summary>
    /// Performs one step: the mean gradient of <see cref="PretrainingOptions.Accumulation"/> batches changes the weights.
    /// </summary>
    /// <remarks>
    /// A batch is augmented, (V · B, 3, T, S, S), embedded by both networks, and compared by the method's loss. After the update, the
    /// target network follows the online network. After the first, the last and every <see cref="PretrainingOptions.MonitorInterval"/>-th
    /// step, the features are evaluated for the log.
    /// </remarks>
    /// <param name="cancellation">Cancels the wait for clips.</param>
    /// <returns>
    /// Values to log: "loss" and its parts, "spread.{head}", "gradient" (its norm), "rate", "waiting" (a share), "momentum", and for
    /// labelled videos "positives.label", the share of positives with the class of their clip.
    /// </returns>
    /// <exception cref="TrainingFailedException">The loss or its gradient is not finite, or the embeddings collapsed.</exception>
    public async ValueTask<ImmutableSortedDictionary<string, double>> StepAsync(CancellationToken cancellation)
    {
        var batches = new LoadedBatch[options.Accumulation];
        for (var part = 0; part < batches.Length; part++)
        {
            batches[part] = await feed.TakeAsync((Done * batches.Length) + part, cancellation).ConfigureAwait(false);
        }

        var losses = Step(Done, batches);
        Done++;

        // The evaluation is short and not needed to resume, so it is not cancelled.
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

    /// <summary>Returns the weights in a checkpoint, as <see cref="OnlineAndTarget.Save()"/> returned them.</summary>
    public static IReadOnlyDictionary<string, TensorData> WeightsOf(Checkpoint checkpoint) => checkpoint.Section(WeightsSection);

    /// <summary>Returns the complete state after the steps done so far.</summary>
    /// <exception cref="TrainingFailedException">The embeddings do not distinguish clips; see <see cref="IsSound"/>.</exception>
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

    /// <summary>Restores a state returned by <see cref="Save"/>.</summary>
    /// <param name="checkpoint">The state.</param>
    /// <exception cref="InvalidFileException">The state belongs to a run with other options.</exception>
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

    /// <summary>Computes the loss of a batch and adds its gradient to that of the weights.</summary>
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

    /// <summary>Returns the share of retrieved positives that have the class of their clip. Only for the log.</summary>
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

    /// <summary>Verifies that the loss and its gradient are finite and that the embeddings have not collapsed.</summary>
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
