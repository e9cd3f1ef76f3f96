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

/// <summary>Trains all layers of a video encoder, and a new linear layer on its features, to classify videos.</summary>
/// <remarks>
/// <para>
/// Papers on self-supervised learning evaluate encoders in this way. The procedure is that of RSPNet's code: in each pass, one clip from a
/// random window of each video, cropped and mirrored at random, cross-entropy, and batch norms in training mode. A video that is shorter
/// than a clip is stretched or looped (<see cref="ClipSampler"/>). In tests, it follows the rules of <see cref="TestClips"/>.
/// </para>
/// <para>
/// RSPNet's code reports the best epoch on the test videos, which overestimates the accuracy. Here, a part of the training videos is held
/// out by source. The epoch with the highest accuracy on it is chosen; of equal ones, that with the lowest loss, then the earliest. Test
/// videos are not used.
/// </para>
/// <para>
/// The result is a function of the options, the encoder, the videos and the number of threads. The only exception is an encoder with
/// Dropout, which uses TorchSharp's global generator. Tacit's networks have none.
/// </para>
/// </remarks>
/// <param name="options">The options.</param>
/// <param name="time">The clock for the shares of time in the result. Null uses the system clock.</param>
/// <example>
/// <code>
/// var options = VideoFineTuningOptions.Of(FineTuningPreset.Tiny);
/// var result = await new VideoFineTuning(options).RunAsync(OnnxReader.Read("encoder.onnx"), train);
/// OnnxWriter.Write(result.Classifier, "classifier.onnx");
/// </code>
/// </example>
public sealed class VideoFineTuning(VideoFineTuningOptions options, TimeProvider? time = null)
{
    /// <summary>The name of this stage in checkpoints and logs.</summary>
    public const string Stage = "fine-tuning";

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Trains a classifier, or resumes its training from the last checkpoint of <paramref name="run"/>.</summary>
    /// <param name="encoder">
    /// The encoder, (N, 3, T, S, S) to (N, D), with its preprocessing in its metadata and batch norms that are not folded.
    /// </param>
    /// <param name="train">The labelled training videos. The validation part is taken from them.</param>
    /// <param name="device">The device; null for the CPU.</param>
    /// <param name="run">Stores checkpoints, so that training can be resumed. Null keeps them in memory.</param>
    /// <param name="progress">Receives the values of each step. Null for none.</param>
    /// <param name="cancellation">Stops the training after the current step. The state is saved.</param>
    /// <exception cref="UnsuitableModelException">The encoder cannot be fine-tuned.</exception>
    /// <exception cref="InvalidDatasetException">
    /// The videos have no classes or only one, are too few, or too many of them cannot be read.
    /// </exception>
    /// <exception cref="TrainingFailedException">The loss is not finite. The last checkpoint is from before that step.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
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

    /// <summary>Verifies options, encoder and videos before any work is done.</summary>
    /// <param name="options">The options.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="train">The training videos.</param>
    /// <param name="test">The videos on which the classifier will be tested; null for none.</param>
    /// <returns>The total number of steps.</returns>
    /// <exception cref="UnsuitableModelException">The encoder cannot be fine-tuned.</exception>
    /// <exception cref="InvalidDatasetException">
    /// The videos have no classes or only one, are too few, or test videos have classes that no training video has.
    /// </exception>
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

    /// <summary>Returns the preprocessing of an encoder's clips.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <exception cref="UnsuitableModelException">The encoder cannot be fine-tuned. The message says why and what to do.</exception>
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
