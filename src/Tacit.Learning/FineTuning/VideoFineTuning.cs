using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Inference.Contracts;
using Tacit.Inference.Video.Clips;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Clips;
using Tacit.Learning.Evaluation;
using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using Tacit.Learning.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.FineTuning;

/// <summary>Trains all layers of a video encoder, and a new linear layer on its features, to tell classes of videos apart.</summary>
/// <remarks>
/// <para>The evaluation of the papers on learning without labels, as RSPNet's code has it: of each video and pass one clip from a random
/// window, cropped and mirrored at random; cross-entropy; batch norms in training mode. A video shorter than a clip is stretched or looped
/// (<see cref="ClipSampler"/>), when it is judged by the rules of <see cref="TestClips"/>.</para>
/// <para>RSPNet's code reports the epoch that is best on the test videos. Here a part of the training videos is held out by source, and the
/// epoch is chosen by it: the greatest accuracy, then the least loss, then the earliest. Test videos are never looked at.</para>
/// <para>Everything is a function of the options, the encoder, the videos and the number of threads; only a Dropout in the encoder, of which
/// Tacit's networks have none, would draw from torch's own generator.</para>
/// </remarks>
/// <example><code>
/// var options = VideoFineTuningOptions.Of(FineTuningPreset.Tiny);
/// var result = await new VideoFineTuning(options).RunAsync(OnnxReader.Read("encoder.onnx"), train);
/// OnnxWriter.Write(result.Classifier, "classifier.onnx");
/// </code></example>
public sealed class VideoFineTuning(VideoFineTuningOptions options, TimeProvider? time = null)
{
    /// <summary>The name of this stage in a run.</summary>
    public const string Stage = "fine-tuning";

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Trains a classifier, or goes on training it.</summary>
    /// <param name="encoder">Clips N x 3 x T x S x S to features N x D, with its preprocessing in its metadata and its batch norms kept.</param>
    /// <param name="train">The labelled videos to learn from; the part to choose the epoch by is taken from them.</param>
    /// <param name="device">Where to compute; null is the CPU.</param>
    /// <param name="run">Keeps the state, so that the work can be interrupted; null keeps it in memory.</param>
    /// <param name="progress">Is told of every step.</param>
    /// <param name="cancellation">Stops after the current step; the state is kept.</param>
    /// <exception cref="UnsuitableModelException">The encoder cannot be fine-tuned.</exception>
    /// <exception cref="InvalidDatasetException">The videos have no classes or one, are too few, or too many cannot be read.</exception>
    /// <exception cref="TrainingFailedException">The loss is not a number; the last checkpoint is a good one.</exception>
    public async Task<VideoFineTuningResult> RunAsync(
        Model encoder,
        IFrameStore train,
        Device? device = null,
        ICheckpoints? run = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        var plan = Plan(options, encoder, train);
        device ??= CPU;
        run ??= new MemoryCheckpoints();
        using var weights = TorchWeights.From(plan.Network, device, trainable: true);
        using var update = new WeightUpdate(OptimizerOf(options, plan.Steps), weights, plan.Steps);
        using var learnt = new ChosenVideos(train, plan.Training);
        using var held = new ChosenVideos(train, plan.Validation);
        var clock = new TrainingClock(_time);
        var feed = new ClipFeed(new ClipLoader(plan.Drawing, learnt), plan.Steps, clock, _time);
        await using var disposal = feed.ConfigureAwait(false);
        var validation = new ValidationVideos(
            held,
            [.. plan.Validation.Select(video => plan.Labels[video])],
            plan.Preprocessing,
            options.ValidationClips,
            options.MaxUnreadable,
            device
        );
        var training = new FineTuningSteps(options, plan, weights, update, feed, validation, clock);
        await new TrainingLoop(Stage, plan.Steps, run, progress, training)
            .RunAsync(training.StepAsync, training.EndEpochAsync, cancellation)
            .ConfigureAwait(false);
        return new VideoFineTuningResult
        {
            Classifier = training.Classifier,
            Classes = plan.Classes,
            ChosenEpoch = training.Chosen.Epoch,
            Epochs = training.Epochs,
            TrainingVideos = [.. learnt.Videos.Select(video => video.Name)],
            ValidationVideos = [.. held.Videos.Select(video => video.Name)],
            Steps = plan.Steps,
            WaitingShare = clock.WaitingShare,
            AugmentationShare = clock.AugmentationShare,
            Unreadable = [.. training.Unreadable.Select(video => (video.Key, video.Value))],
        };
    }

    /// <summary>Whether an encoder can be trained on videos; says what is wrong before anything is begun.</summary>
    /// <param name="options">The options.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="train">The videos to learn from.</param>
    /// <param name="test">The videos that the classifier will be tested on; null for none.</param>
    /// <returns>The steps that training takes.</returns>
    /// <exception cref="UnsuitableModelException">The encoder cannot be fine-tuned.</exception>
    /// <exception cref="InvalidDatasetException">The videos have no classes or one, are too few, or classes are tested that are not learnt.</exception>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public static long Check(VideoFineTuningOptions options, Model encoder, IFrameStore train, IFrameStore? test = null)
    {
        var plan = Plan(options, encoder, train);
        _ = OptimizerOf(options, plan.Steps).Schedule(plan.Steps);
        if (test is not null)
        {
            var others = LabelledFeatures.Number(test.Videos).Classes.Except(plan.Classes, StringComparer.Ordinal).ToList();
            if (others.Count > 0)
            {
                throw new InvalidDatasetException(
                    $"{(others.Count == 1 ? "a class is" : $"{others.Count} classes are")} tested that no training video has: {string.Join(", ", others.Take(5))}; move videos of it to the training part, or leave it out"
                );
            }
        }

        return plan.Steps;
    }

    /// <summary>How the clips of an encoder are prepared, if it can be fine-tuned.</summary>
    /// <exception cref="UnsuitableModelException">It cannot; the message says what to do.</exception>
    public static ClipPreprocessing PreprocessingOf(Model encoder)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        return ClassificationHead.Check(encoder);
    }

    private static FineTuningPlan Plan(VideoFineTuningOptions options, Model encoder, IFrameStore train)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(train);
        return FineTuningPlan.Of(options, encoder, train);
    }

    private static OptimizerOptions OptimizerOf(VideoFineTuningOptions options, long steps) =>
        options.Optimizer with
        {
            WarmUpSteps = (long)(options.WarmUpShare * steps),
        };
}
