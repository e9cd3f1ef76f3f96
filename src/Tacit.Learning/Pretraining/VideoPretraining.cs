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

/// <summary>What a pretraining gave.</summary>
public sealed record PretrainingResult
{
    /// <summary>The encoder after the last step, its batch norms kept, its clips described in the metadata.</summary>
    public required Model Encoder { get; init; }

    /// <summary>The encoder with its heads: outputs are the features and, by name, the embeddings and predictions of each head.</summary>
    public required Model WithHeads { get; init; }

    /// <summary>The steps of training.</summary>
    public required long Steps { get; init; }

    /// <summary>The share of the time of these steps that was spent waiting for clips to be read, from 0 to 1.</summary>
    public required double WaitingShare { get; init; }

    /// <summary>The share of that time spent augmenting clips, from 0 to 1.</summary>
    public required double AugmentationShare { get; init; }

    /// <summary>The videos that could not be read, with reasons; others took their place.</summary>
    public ImmutableArray<(string Name, string Reason)> Unreadable { get; init; } = [];

    /// <summary>Clips of the last step and the clips that were retrieved as their positives; none where nothing is retrieved.</summary>
    public ImmutableArray<(ClipIdentity Clip, ClipIdentity Positive)> Positives { get; init; } = [];
}

/// <summary>Trains a video encoder on unlabelled videos.</summary>
/// <remarks>
/// Each step reads clips (ahead, on another thread), augments them, embeds them with the online and the target network, and
/// changes the online network by the method's loss. Labels are read for the log alone. A run that goes NaN or whose embeddings
/// collapse stops at its last good checkpoint. Everything is a function of the options, the videos and the number of threads.
/// </remarks>
/// <example><code>
/// var options = PretrainingOptions.Of(PretrainingPreset.Tiny);
/// var result = await new VideoPretraining(options).RunAsync(store);
/// OnnxWriter.Write(result.Encoder, "encoder.onnx");
/// </code></example>
public sealed class VideoPretraining(PretrainingOptions options, TimeProvider? time = null)
{
    /// <summary>The name of this stage in a run.</summary>
    public const string Stage = "pretraining";

    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>Trains an encoder, or goes on training it.</summary>
    /// <param name="store">The videos.</param>
    /// <param name="device">Where to compute; null is the CPU.</param>
    /// <param name="run">Keeps the state, so that the work can be interrupted; null keeps it in memory.</param>
    /// <param name="progress">Is told of every step.</param>
    /// <param name="cancellation">Stops after the current step; the state is kept.</param>
    /// <exception cref="InvalidDatasetException">There are too few videos, or too many cannot be read.</exception>
    /// <exception cref="TrainingFailedException">The loss is not a number, or the embeddings collapsed.</exception>
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

    /// <summary>Whether videos can be trained on; says what is wrong before anything is begun.</summary>
    /// <param name="options">The options.</param>
    /// <param name="store">The videos.</param>
    /// <param name="device">Where to compute; null is the CPU.</param>
    /// <returns>The steps that training takes.</returns>
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

    /// <summary>The first videos of a step as the network saw them: a tensor (n, 3, T, S, S) for each view.</summary>
    /// <param name="store">The videos.</param>
    /// <param name="step">The number of the batch.</param>
    /// <param name="videos">n, at most a batch.</param>
    /// <param name="cancellation">Stops reading.</param>
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

    /// <summary>The frames of clips that the run drew, before augmentation.</summary>
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

    /// <summary>The encoder before training: what the options describe, with random weights.</summary>
    public static Model EncoderOf(PretrainingOptions options) =>
        VideoZoo.Find(options.Backbone)!.BuildEncoder(options.Sampling.Frames, options.Augmentation.Size, options.Width, options.Seed);

    /// <summary>The encoder as it was at a checkpoint, described as a finished one.</summary>
    /// <exception cref="InvalidFileException">The checkpoint is of other options.</exception>
    public static Model EncoderAt(Checkpoint checkpoint, PretrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return Described(OnlineAndTarget.EncoderOf(EncoderOf(options), PretrainingSteps.WeightsOf(checkpoint)), options);
    }

    /// <summary>How clips are prepared for the encoder: the test transform that belongs to the options, at normal speed.</summary>
    public static ClipPreprocessing PreprocessingOf(PretrainingOptions options) =>
        new(options.Sampling.Frames, options.Augmentation.Size) { Mean = options.Augmentation.Mean, Std = options.Augmentation.Std };

    /// <summary>An encoder with its preprocessing and origin in its metadata.</summary>
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
