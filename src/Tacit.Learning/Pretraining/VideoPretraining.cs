using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Inference.Contracts;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Clips;
using Tacit.Learning.Clips.Augmentation;
using Tacit.Learning.Execution;
using Tacit.Learning.Networks;
using Tacit.Learning.Optimization;
using Tacit.Learning.Runs;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Pretraining;

/// <summary>The result of a pretraining.</summary>
public sealed record PretrainingResult
{
    /// <summary>
    /// The encoder after the last step: (N, 3, T, S, S) → (N, D). Its batch norms are not folded. Its metadata contain the preprocessing of
    /// clips, the network and the method.
    /// </summary>
    public required Model Encoder { get; init; }

    /// <summary>
    /// The encoder with its heads. Its outputs are the features, and by name the embeddings and predictions of each head.
    /// </summary>
    public required Model WithHeads { get; init; }

    /// <summary>The number of training steps.</summary>
    public required long Steps { get; init; }

    /// <summary>The share of the time of these steps spent waiting for clips to be read, 0 to 1.</summary>
    public required double WaitingShare { get; init; }

    /// <summary>The share of the time of these steps spent augmenting clips, 0 to 1.</summary>
    public required double AugmentationShare { get; init; }

    /// <summary>The videos that could not be read, with the reasons. Other videos replaced them.</summary>
    public ImmutableArray<(string Name, string Reason)> Unreadable { get; init; } = [];

    /// <summary>
    /// Clips of the last batch with the clips that were retrieved as their positives. Empty for methods without retrieval.
    /// </summary>
    public ImmutableArray<(ClipIdentity Clip, ClipIdentity Positive)> Positives { get; init; } = [];
}

/// <summary>Trains a video encoder on unlabelled videos.</summary>
/// <remarks>
/// <para>A step consists of these operations:</para>
/// <list type="number">
/// <item>Read V clips of each of B videos (ahead, on other threads): <see cref="ClipSampler"/>.</item>
/// <item>Augment each clip as a whole: <see cref="ClipAugmentation"/>.</item>
/// <item>Embed the clips with the online and the target network.</item>
/// <item>Compute the loss of the method, its gradient, and update the online network.</item>
/// <item>Move the target network towards the online network.</item>
/// </list>
/// <para>
/// Labels are only used for the log. A run whose loss is not finite or whose embeddings collapse stops; the last checkpoint is from before.
/// The result is a function of the options, the videos and the number of threads.
/// </para>
/// </remarks>
/// <param name="options">The options.</param>
/// <param name="time">The clock for the shares of time in the result. Null uses the system clock.</param>
/// <example>
/// <code>
/// var options = PretrainingOptions.Of(PretrainingPreset.Tiny);
/// var result = await new VideoPretraining(options).RunAsync(store);
/// OnnxWriter.Write(result.Encoder, "encoder.onnx");
/// </code>
/// </example>
public sealed class VideoPretraining(PretrainingOptions options, TimeProvider? time = null)
{
    /// <summary>The name of this stage in checkpoints and logs.</summary>
    public const string Stage = "pretraining";

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Trains an encoder, or resumes its training from the last checkpoint of <paramref name="run"/>.</summary>
    /// <param name="store">The videos. Labels are optional.</param>
    /// <param name="device">The device; null for the CPU.</param>
    /// <param name="run">Stores checkpoints, so that training can be resumed. Null keeps them in memory.</param>
    /// <param name="progress">Receives the values of each step. Null for none.</param>
    /// <param name="cancellation">Stops the training after the current step. The state is saved.</param>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="InvalidDatasetException">There are too few videos, all are too short, or too many cannot be read.</exception>
    /// <exception cref="TrainingFailedException">The loss is not finite, or the embeddings collapsed.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public async Task<PretrainingResult> RunAsync(
        IFrameStore store,
        Device? device = null,
        ICheckpoints? run = null,
        IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(store);
        device ??= CPU;
        run ??= new MemoryCheckpoints();
        var steps = Check(options, store, device);
        using var method = options.Recipe.Create(options.Seed, device);
        using var networks = new OnlineAndTarget(EncoderOf(options), options, steps, device);
        using var update = new WeightUpdate(OptimizerOf(options, steps), networks.Online, steps);
        var clock = new TrainingClock(_time);
        var feed = new ClipFeed(LoaderOf(store), steps * options.Accumulation, clock, _time);
        await using var disposal = feed.ConfigureAwait(false);
        var training = new PretrainingSteps(options, steps, method, networks, update, store, feed, device, clock);
        await new TrainingLoop(Stage, steps, run, progress, training)
            .RunAsync(training.StepAsync, measure: null, cancellation)
            .ConfigureAwait(false);
        return new PretrainingResult
        {
            Encoder = Described(networks.Encoder(), options),
            WithHeads = networks.Online.ToModel(),
            Steps = steps,
            WaitingShare = clock.WaitingShare,
            AugmentationShare = clock.AugmentationShare,
            Unreadable = [.. feed.Loader.Unreadable.Select(video => (video.Key, video.Value))],
            Positives = training.Positives,
        };
    }

    /// <summary>Verifies options and videos before any work is done.</summary>
    /// <param name="options">The options.</param>
    /// <param name="store">The videos. The longest one must be long enough for a clip at the highest speed.</param>
    /// <param name="device">The device; null for the CPU. It determines whether bfloat16 is available.</param>
    /// <returns>The total number of steps: epochs · floor(videos / batch size) / accumulation, rounded down.</returns>
    /// <exception cref="InvalidDatasetException">There are too few videos, or all are too short.</exception>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    public static long Check(PretrainingOptions options, IFrameStore store, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(store);
        if (store.Videos.Length < options.BatchSize)
        {
            throw new InvalidDatasetException(
                $"a batch of {options.BatchSize} videos cannot be drawn from {store.Videos.Length}; make the batch smaller"
            );
        }

        var (longest, speed) = (store.Videos.Max(video => video.Frames), options.Sampling.Speeds.Max());
        var span = (options.Sampling.Frames - 1) * speed + 1;
        if (longest < span)
        {
            throw new InvalidDatasetException(
                $"a clip of {options.Sampling.Frames} frames at speed {speed} spans {span} frames, and the longest video has {longest}; take fewer frames or lower speeds"
            );
        }

        var steps = (long)options.Epochs * (store.Videos.Length / options.BatchSize) / options.Accumulation;
        if (steps == 0)
        {
            throw new ArgumentException(
                $"{options.Epochs} epochs make no step of {options.Accumulation} batches; lower Accumulation",
                nameof(options)
            );
        }

        _ = OptimizerOf(options, steps).Schedule(steps);
        options.Recipe.Check();
        if (options.BatchSize > options.Recipe.LargestBatch)
        {
            throw new ArgumentException(
                $"a batch of {options.BatchSize} videos does not fit the memory of {options.Recipe.Name}, which takes {options.Recipe.LargestBatch} at most; make the batch smaller, or its gallery or queue larger",
                nameof(options)
            );
        }

        return options.Precision == Precision.BFloat16 && !Autocast.IsAvailable((device ?? CPU).type)
            ? throw new ArgumentException("bfloat16 cannot be computed on this machine; take float32", nameof(options))
            : steps;
    }

    /// <summary>Returns the first videos of a batch as the network sees them in training.</summary>
    /// <param name="store">The videos.</param>
    /// <param name="step">The number of the batch.</param>
    /// <param name="videos">The number of videos n, at most the batch size.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    /// <returns>A tensor (n, 3, T, S, S) for each view. The caller disposes them.</returns>
    /// <exception cref="InvalidDatasetException">Too many videos cannot be read.</exception>
    public async Task<ImmutableArray<Tensor>> AugmentedAsync(IFrameStore store, long step, int videos, CancellationToken cancellation)
    {
        var loader = LoaderOf(store);
        var items = new List<ImmutableArray<(VideoFrames Frames, ClipIdentity Identity)>>();
        for (var item = 0; item < Math.Min(videos, options.BatchSize); item++)
        {
            items.Add(await loader.ReadItemAsync(step, item, cancellation).ConfigureAwait(false));
        }

        var augmentation = new ClipAugmentation(options.Augmentation);
        return
        [
            .. options.Recipe.Views.Select(
                (_, view) =>
                    augmentation.Apply([.. items.Select(item => item[view].Frames)], options.Seed, step, (long)view * options.BatchSize)
            ),
        ];
    }

    /// <summary>Reads the frames of clips that were drawn in a run, before augmentation.</summary>
    /// <param name="store">The videos of the run.</param>
    /// <param name="clips">The clips, for example <see cref="PretrainingResult.Positives"/>.</param>
    /// <param name="cancellation">Cancels the reading.</param>
    /// <returns>The frames of each clip, in the order of <paramref name="clips"/>.</returns>
    /// <exception cref="InvalidDatasetException">Too many videos cannot be read.</exception>
    public async Task<ImmutableArray<VideoFrames>> ReadAsync(
        IFrameStore store,
        IReadOnlyList<ClipIdentity> clips,
        CancellationToken cancellation
    )
    {
        var loader = LoaderOf(store);
        var frames = ImmutableArray.CreateBuilder<VideoFrames>(clips.Count);
        foreach (var clip in clips)
        {
            var views = await loader.ReadItemAsync(clip.Step, clip.Row % options.BatchSize, cancellation).ConfigureAwait(false);
            frames.Add(views[clip.Row / options.BatchSize].Frames);
        }

        return frames.MoveToImmutable();
    }

    /// <summary>Returns the encoder before training, with random weights. It depends only on the options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The backbone does not support the number of frames, the size or the width.</exception>
    public static Model EncoderOf(PretrainingOptions options) =>
        VideoZoo.Find(options.Backbone)!.BuildEncoder(options.Sampling.Frames, options.Augmentation.Size, options.Width, options.Seed);

    /// <summary>Returns the encoder of a checkpoint, with the metadata of a finished one.</summary>
    /// <param name="checkpoint">A checkpoint of a pretraining.</param>
    /// <param name="options">The options of that pretraining.</param>
    /// <exception cref="InvalidFileException">The checkpoint belongs to a run with other options.</exception>
    public static Model EncoderAt(Checkpoint checkpoint, PretrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return Described(OnlineAndTarget.EncoderOf(EncoderOf(options), PretrainingSteps.WeightsOf(checkpoint)), options);
    }

    /// <summary>
    /// Returns the preprocessing of clips for the finished encoder: the frames, size and normalisation of training, a centred crop, and
    /// normal speed.
    /// </summary>
    public static ClipPreprocessing PreprocessingOf(PretrainingOptions options) =>
        new(options.Sampling.Frames, options.Augmentation.Size) { Mean = options.Augmentation.Mean, Std = options.Augmentation.Std };

    /// <summary>Returns an encoder with the preprocessing of its clips, its backbone and its method in its metadata.</summary>
    public static Model Described(Model encoder, PretrainingOptions options) =>
        new ModelMetadata
        {
            Clips = PreprocessingOf(options),
            Backbone = options.Backbone,
            Method = options.Recipe.Name,
        }.WriteTo(encoder);

    private ClipLoader LoaderOf(IFrameStore store) =>
        new(new ClipDrawing(Stage, options.Sampling, options.Recipe.Views, options.BatchSize, options.MaxUnreadable, options.Seed), store);

    private static OptimizerOptions OptimizerOf(PretrainingOptions options, long steps) =>
        options.Optimizer with
        {
            WarmUpSteps = (long)(options.WarmUpShare * steps),
        };
}
