using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Learning.Clips;
using Tacit.Learning.Clips.Augmentation;
using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using Tacit.Learning.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.FineTuning;

/// <summary>Performs the steps of a fine-tuning and holds its state: weights, optimiser, and the best epoch so far.</summary>
/// <param name="options">The options.</param>
/// <param name="plan">The plan.</param>
/// <param name="weights">The weights of the classifier. They are changed in place.</param>
/// <param name="update">The optimiser of these weights.</param>
/// <param name="feed">The training clips.</param>
/// <param name="validation">The held-out videos.</param>
/// <param name="clock">Measures the time spent waiting and augmenting.</param>
internal sealed class FineTuningSteps(
    VideoFineTuningOptions options,
    FineTuningPlan plan,
    TorchWeights weights,
    WeightUpdate update,
    ClipFeed feed,
    ValidationVideos validation,
    TrainingClock clock
) : ITrainingState
{
    private const string WeightsSection = "weights";
    private const string ChosenSection = "chosen";
    private const string UpdateSection = "update";
    private const string EpochsValue = "epochs";
    private const string LossValue = "loss";
    private const string ClockValue = "clock";
    private const string UnreadableValue = "unreadable";

    private readonly GraphModule _module = new(plan.Network);
    private readonly ClipAugmentation _augmentation = new(plan.Augmentation);
    private ImmutableDictionary<string, string> _unreadableBefore = ImmutableDictionary<string, string>.Empty;
    private Weights? _chosen;
    private double _lossOfEpoch;

    /// <summary>The figures of all completed epochs.</summary>
    public ImmutableArray<FineTuningEpoch> Epochs { get; private set; } = [];

    /// <summary>The best epoch so far; see <see cref="FineTuningEpoch.IsBetterThan"/>. At least one epoch must be complete.</summary>
    public FineTuningEpoch Chosen => Epochs.AsEnumerable().Aggregate((best, next) => next.IsBetterThan(best) ? next : best);

    /// <summary>The videos that could not be read, by name, with the reasons. Includes those found before a resume.</summary>
    public ImmutableSortedDictionary<string, string> Unreadable =>
        ImmutableSortedDictionary<string, string>
            .Empty.WithComparers(StringComparer.Ordinal)
            .SetItems(_unreadableBefore)
            .SetItems(feed.Loader.Unreadable)
            .SetItems(validation.Unreadable);

    /// <summary>
    /// The classifier with a copy of the weights of <see cref="Chosen"/>, or of the current weights without held-out videos.
    /// </summary>
    public Model Classifier => new(plan.Network.Graph, _chosen ?? weights.ToWeights(), plan.Network.Metadata);

    /// <inheritdoc/>
    public long Done { get; private set; }

    /// <summary>Whether the last step ended an epoch that was not evaluated yet.</summary>
    private bool EndsEpoch => Done > 0 && Done % plan.StepsPerEpoch == 0 && Done / plan.StepsPerEpoch > Epochs.Length;

    /// <summary>Performs one step: a batch of clips, cross-entropy, backward pass and update of the weights.</summary>
    /// <remarks>
    /// The clips are (B, 3, T, S, S). The network runs in training mode, so batch norms use and update the statistics of each batch.
    /// </remarks>
    /// <param name="cancellation">Cancels the wait for clips.</param>
    /// <returns>
    /// Values to log: "loss" (mean cross-entropy), "accuracy" (of the batch, in percent), "gradient" (its norm), "rate" and "waiting" (a
    /// share).
    /// </returns>
    /// <exception cref="TrainingFailedException">The loss or its gradient is not finite.</exception>
    public async ValueTask<ImmutableSortedDictionary<string, double>> StepAsync(CancellationToken cancellation)
    {
        var losses = Step(Done, await feed.TakeAsync(Done, cancellation).ConfigureAwait(false));
        Done++;
        return losses;
    }

    private ImmutableSortedDictionary<string, double> Step(long step, LoadedBatch batch)
    {
        using var scope = NewDisposeScope();
        var stamp = clock.Stamp();
        var clips = Augmented(batch, step); // (B, 3, T, S, S)
        clock.Augmented(stamp);
        var labels = tensor([.. batch.Identities.Select(clip => (long)plan.Labels[plan.Training[clip.Video]])], device: weights.Device); // (B)
        var logits = _module.Run(weights, clips, ExecutionMode.Train).Output; // (B, classes)
        var loss = nn.functional.cross_entropy(logits, labels);
        loss.backward();
        var (value, right) = (loss.ToDouble(), logits.argmax(1).eq(labels).to(ScalarType.Float64).mean().ToDouble());
        var gradient = update.Step(step);
        if (!double.IsFinite(value) || !double.IsFinite(gradient))
        {
            throw Diverged(step + 1);
        }

        _lossOfEpoch = (step % plan.StepsPerEpoch == 0 ? 0 : _lossOfEpoch) + (value / plan.StepsPerEpoch);
        return Losses.Of(
            ("loss", value),
            ("accuracy", 100 * right),
            ("gradient", gradient),
            ("rate", update.RateAt(step)),
            ("waiting", clock.WaitingShare)
        );
    }

    /// <summary>
    /// Evaluates the held-out videos if the last step ended an epoch, and copies the weights if they are the best so far.
    /// </summary>
    /// <param name="cancellation">Cancels the evaluation, which then runs again after a resume.</param>
    /// <returns>"validation.accuracy" in percent and "validation.loss"; empty if no epoch ended or no videos are held out.</returns>
    /// <exception cref="TrainingFailedException">The network gives values that are not finite.</exception>
    public async ValueTask<ImmutableSortedDictionary<string, double>> EndEpochAsync(CancellationToken cancellation)
    {
        if (!EndsEpoch)
        {
            return Losses.Of();
        }

        var number = Epochs.Length + 1;
        if (plan.Validation.IsEmpty)
        {
            Epochs = Epochs.Add(new FineTuningEpoch(number, _lossOfEpoch, null, null));
            return Losses.Of();
        }

        var (accuracy, loss) = await validation.JudgeAsync(Logits, cancellation).ConfigureAwait(false);
        if (!double.IsFinite(loss))
        {
            throw Diverged(Done);
        }

        var epoch = new FineTuningEpoch(number, _lossOfEpoch, accuracy, loss);
        Epochs = Epochs.Add(epoch);
        if (Chosen == epoch)
        {
            _chosen = weights.ToWeights();
        }

        return Losses.Of(("validation.accuracy", accuracy), ("validation.loss", loss));
    }

    /// <summary>Returns the complete state after the steps done so far.</summary>
    public Checkpoint Save() =>
        new Checkpoint(VideoFineTuning.Stage, Done)
            .With(WeightsSection, weights.ToWeights())
            .With(ChosenSection, _chosen ?? Weights.Empty)
            .With(UpdateSection, update.Save())
            .WithState(EpochsValue, Epochs)
            .WithState(LossValue, _lossOfEpoch)
            .WithState(ClockValue, clock.Times)
            .WithState(UnreadableValue, Unreadable);

    /// <summary>Restores a state returned by <see cref="Save"/>.</summary>
    /// <param name="checkpoint">The state.</param>
    /// <exception cref="InvalidFileException">The state belongs to a run with other options.</exception>
    public void Restore(Checkpoint checkpoint)
    {
        Done = checkpoint.Step;
        SavedWeights.Restore(weights, checkpoint.Section(WeightsSection));
        _chosen = checkpoint.Section(ChosenSection) is { Count: > 0 } chosen ? new Weights(chosen) : null;
        update.Restore(checkpoint.Section(UpdateSection));
        Epochs = checkpoint.State<ImmutableArray<FineTuningEpoch>>(EpochsValue);
        _lossOfEpoch = checkpoint.State<double>(LossValue);
        clock.Restore(checkpoint.State<TrainingTimes>(ClockValue));
        _unreadableBefore = checkpoint.State<ImmutableDictionary<string, string>>(UnreadableValue);
        feed.Loader.Remember(_unreadableBefore);
    }

    private Tensor Augmented(LoadedBatch batch, long step)
    {
        var clips = _augmentation.Apply(batch.Clips, options.Seed, step);
        return (plan.Preprocessing.ColorOrder == ColorOrder.RGB ? clips : clips.flip(1)).to(weights.Device);
    }

    /// <summary>Returns the logits of clips in evaluation mode and without a gradient.</summary>
    private Tensor Logits(Tensor clips)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return _module.Run(weights, clips).Output.MoveToOuterDisposeScope();
    }

    private static TrainingFailedException Diverged(long step) =>
        new($"the loss or its gradient is not a number at step {step}; lower the learning rate");
}
