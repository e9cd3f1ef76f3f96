using System.Collections.Immutable;
using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Inference;
using Tacit.Inference.Contracts;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.Clips;
using Tacit.Learning.Clips.Augmentation;
using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using Tacit.Learning.Pretraining;
using Tacit.Learning.Pretraining.AscNet;
using Tacit.Learning.Pretraining.Baselines;
using Tacit.Learning.Pretraining.Methods;
using Tacit.Learning.Runs;
using Tacit.Learning.Tests.Quantization;
using Tacit.Learning.Tests.Quantization.Hast;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Pretraining;

public sealed class VideoPretrainingTests
{
    private static readonly AscNetRecipe AscNet = new()
    {
        HiddenWidth = 16,
        EmbeddingWidth = 8,
        GalleryCapacity = 64,
        GalleryWarmUp = 16,
    };

    private static readonly PretrainingOptions Options = new()
    {
        Backbone = "r3d-10",
        Width = 0.125,
        Sampling = new() { Frames = 4 },
        Augmentation = AugmentationOptions.Rspnet with { Size = 32 },
        Recipe = AscNet,
        Optimizer = new() { Kind = OptimizerKind.AdamW, LearningRate = 1e-3 },
        BatchSize = 4,
        Epochs = 4,
        MonitorInterval = 3,
        Seed = 5,
    };

    public static TheoryData<PretrainingRecipe> Methods =>
        [
            AscNet,
            AscNet with
            {
                Target = TargetNetwork.None,
            },
            new ByolRecipe { HiddenWidth = 16, EmbeddingWidth = 8 },
            new SimSiamRecipe { HiddenWidth = 16, EmbeddingWidth = 8 },
            new RspNetRecipe { QueueCapacity = 64, EmbeddingWidth = 8 },
            new OrderRecipe(),
        ];

    [Theory]
    [MemberData(nameof(Methods))]
    public async Task A_run_that_was_killed_gives_the_same_encoder(PretrainingRecipe recipe)
    {
        var options = Options with { Recipe = recipe };
        var expected = await RunAsync(options, new MemoryCheckpoints());
        var checkpoints = new InterruptedCheckpoints(killAfter: 7, keepEvery: 5);
        await Assert.ThrowsAsync<OperationCanceledException>(() => RunAsync(options, checkpoints));
        var resumed = await RunAsync(options, checkpoints);

        Assert.Equal(12, expected.Steps);
        Assert.All(
            expected.Encoder.Weights.Keys,
            name => Assert.Equal(expected.Encoder.Weights[name].Bytes, resumed.Encoder.Weights[name].Bytes)
        );
    }

    // Plain gradient descent on the loss of the first batch, for which both networks are still equal.
    [Theory]
    [MemberData(nameof(Methods))]
    public async Task The_first_step_goes_down_the_gradient_of_the_methods_loss(PretrainingRecipe recipe)
    {
        const double Rate = 0.3;
        var options = Options with
        {
            Recipe = recipe is AscNetRecipe ascNet ? ascNet with { GalleryWarmUp = 1 } : recipe,
            Optimizer = new()
            {
                Kind = OptimizerKind.Sgd,
                LearningRate = Rate,
                WeightDecay = 0,
            },
            BatchSize = 12,
            Epochs = 1,
        };
        var result = await RunAsync(options, new MemoryCheckpoints());

        using var scope = NewDisposeScope();
        using var store = new NoiseVideos(12);
        using var method = options.Recipe.Create(options.Seed, CPU);
        var drawing = new ClipDrawing(VideoPretraining.Stage, options.Sampling, options.Recipe.Views, options.BatchSize, 0, options.Seed);
        var batch = await new ClipLoader(drawing, store).LoadAsync(0, TestContext.Current.CancellationToken);
        var clips = new ClipAugmentation(options.Augmentation).Apply(batch.Clips, options.Seed, 0);
        var before = ProjectionHead.Append(VideoPretraining.EncoderOf(options), options.Recipe.Heads, options.Seed);
        using var weights = TorchWeights.From(before, CPU, trainable: true);
        using var targets = TorchWeights.From(before, CPU, trainable: false);
        var loss = method.Loss(Embed(weights, view => view.Learns), Embed(targets, view => view.Targets), batch).Total;
        var gradients = autograd.grad([loss], [.. weights.Parameters.Select(parameter => parameter.Tensor)], allow_unused: true);

        Assert.Equal(1, result.Steps);
        foreach (var ((name, parameter), gradient) in weights.Parameters.Zip(gradients))
        {
            var step = gradient is null || gradient.IsInvalid ? zeros_like(parameter) : Rate * gradient;
            var trained = result.WithHeads.Weights[name].ToTensor();
            var size = Math.Max(step.abs().max().ToDouble(), 1e-6);
            Assert.InRange((parameter - step - trained).abs().max().ToDouble() / size, 0, 1e-3);
        }

        Assert.All(
            result.Encoder.Weights.Keys,
            name => Assert.Equal(result.WithHeads.Weights[name].Bytes, result.Encoder.Weights[name].Bytes)
        );

        Embeddings Embed(TorchWeights of, Func<ClipView, bool> wanted)
        {
            var views = clips.chunk(options.Recipe.Views.Length, 0).Where((_, view) => wanted(options.Recipe.Views[view])).ToArray();
            return new Embeddings(new GraphModule(before).Run(of, cat(views, 0), ExecutionMode.Train), options.Recipe.Heads);
        }
    }

    [Fact]
    public async Task Speed_consistency_starts_when_the_gallery_is_warm()
    {
        var steps = new List<TrainingProgress>();
        await RunAsync(Options, new MemoryCheckpoints(), new Progress(steps.Add));

        Assert.All(steps, step => Assert.Equal(step.Step >= 2, step.Losses.ContainsKey("speed")));
        Assert.All(steps.Where(step => step.Step >= 2), step => Assert.InRange(step.Losses["positives.label"], 0, 1));
    }

    [Fact]
    public async Task Labels_change_nothing()
    {
        var labelled = await RunAsync(Options, new MemoryCheckpoints());
        using var videos = new NoiseVideos(12);
        using var store = new WithoutLabels(videos);
        var unlabelled = await new VideoPretraining(Options).RunAsync(store, cancellation: TestContext.Current.CancellationToken);

        Assert.All(
            labelled.Encoder.Weights.Keys,
            name => Assert.Equal(labelled.Encoder.Weights[name].Bytes, unlabelled.Encoder.Weights[name].Bytes)
        );
    }

    [Fact]
    public async Task The_log_tells_of_collapse_and_data()
    {
        var steps = new List<TrainingProgress>();
        await RunAsync(Options, new MemoryCheckpoints(), new Progress(steps.Add));

        Assert.All(steps, step => Assert.InRange(step.Losses["spread.appearance"], 0, 1.5));
        Assert.All(steps, step => Assert.InRange(step.Losses["waiting"], 0, 1));
        Assert.All(steps.Where(step => step.Step % 3 == 0), step => Assert.InRange(step.Losses["features.rank"], 1, 12));
    }

    [Fact]
    public async Task The_encoder_says_how_its_clips_are_prepared()
    {
        var result = await RunAsync(Options with { Epochs = 1 }, new MemoryCheckpoints());

        var preprocessing = ModelMetadata.Read(result.Encoder.Metadata).Clips;
        Assert.Equal((4, 32, 1), (preprocessing?.Frames, preprocessing?.Size, preprocessing?.Stride));
        Assert.Single(result.Encoder.Graph.Outputs);
    }

    [Fact]
    public async Task The_encoder_at_the_last_checkpoint_is_the_result()
    {
        var checkpoints = new MemoryCheckpoints();
        var result = await RunAsync(Options with { Epochs = 1 }, checkpoints);

        var encoder = VideoPretraining.EncoderAt(checkpoints.Latest(VideoPretraining.Stage)!, Options with { Epochs = 1 });

        Assert.Equal(OnnxWriter.ToBytes(result.Encoder), OnnxWriter.ToBytes(encoder));
    }

    [Fact]
    public async Task An_unreadable_video_is_replaced_and_named()
    {
        using var store = new NoiseVideos(30, broken: 3);
        var result = await new VideoPretraining(Options with { Epochs = 1 }).RunAsync(
            store,
            cancellation: TestContext.Current.CancellationToken
        );

        Assert.Equal([("video03", "video03 is broken")], result.Unreadable);
    }

    [Fact]
    public async Task Too_many_unreadable_videos_stop_the_run()
    {
        using var store = new NoiseVideos(12, broken: [2, 5]);
        var failure = await Assert.ThrowsAsync<InvalidDatasetException>(() =>
            new VideoPretraining(Options with { MaxUnreadable = 0.1 }).RunAsync(store, cancellation: TestContext.Current.CancellationToken)
        );

        Assert.StartsWith(
            "2 of 12 videos cannot be read, more than the 10 % allowed: video02 (video02 is broken); video05",
            failure.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_run_over_videos_that_fail_in_part_resumes_to_the_same_encoder()
    {
        using var store = new NoiseVideos(24) { BrokenFrame = 17 };
        var options = Options with { MaxUnreadable = 1 };
        async Task<PretrainingResult> RunOn(ICheckpoints run) =>
            await new VideoPretraining(options).RunAsync(store, CPU, run, cancellation: TestContext.Current.CancellationToken);
        var expected = await RunOn(new MemoryCheckpoints());
        var checkpoints = new InterruptedCheckpoints(killAfter: 13, keepEvery: 5);
        await Assert.ThrowsAsync<OperationCanceledException>(() => RunOn(checkpoints));
        var resumed = await RunOn(checkpoints);

        Assert.NotEmpty(expected.Unreadable);
        Assert.Equal(expected.Unreadable, resumed.Unreadable);
        Assert.All(
            expected.Encoder.Weights.Keys,
            name => Assert.Equal(expected.Encoder.Weights[name].Bytes, resumed.Encoder.Weights[name].Bytes)
        );
    }

    [Fact]
    public async Task A_run_that_was_done_tells_the_same_when_it_is_resumed()
    {
        var checkpoints = new MemoryCheckpoints();
        var first = await RunAsync(Options, checkpoints);
        var again = await RunAsync(Options, checkpoints);

        Assert.NotEmpty(first.Positives);
        Assert.Equal(first.Positives, again.Positives);
    }

    [Fact]
    public async Task Cancelling_keeps_the_steps_that_are_done()
    {
        using var stop = new CancellationTokenSource();
        using var store = new NoiseVideos(12);
        var checkpoints = new MemoryCheckpoints();
        var progress = new Progress(step =>
        {
            if (step.Step == 3)
            {
                stop.Cancel();
            }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new VideoPretraining(Options).RunAsync(store, CPU, checkpoints, progress, stop.Token)
        );

        Assert.Equal(3, checkpoints.Latest(VideoPretraining.Stage)!.Step);
    }

    [Fact]
    public async Task A_disk_that_is_gone_ends_the_run_with_a_word()
    {
        using var store = new NoiseVideos(12, broken: [.. Enumerable.Range(0, 12)]);
        var failure = await Assert.ThrowsAsync<InvalidDatasetException>(() =>
            new VideoPretraining(Options with { MaxUnreadable = 1 }).RunAsync(store, cancellation: TestContext.Current.CancellationToken)
        );

        Assert.Contains("videos in a row could not be read", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("does not fit the memory of ascnet, which takes 3 at most", 6, 1.0, 0.0)]
    [InlineData("speed contrast goes with speed consistency", 64, 0.0, 1.0)]
    public async Task Options_that_contradict_each_other_are_refused(string message, int gallery, double speed, double contrast)
    {
        var options = Options with
        {
            Recipe = AscNet with { GalleryCapacity = gallery, GalleryWarmUp = 2, SpeedWeight = speed, SpeedContrastWeight = contrast },
        };
        var failure = await Assert.ThrowsAsync<ArgumentException>(() => RunAsync(options, new MemoryCheckpoints()));

        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_larger_than_the_set_is_refused()
    {
        using var store = new NoiseVideos(3);
        var failure = await Assert.ThrowsAsync<InvalidDatasetException>(() =>
            new VideoPretraining(Options).RunAsync(store, cancellation: TestContext.Current.CancellationToken)
        );

        Assert.Equal("a batch of 4 videos cannot be drawn from 3; make the batch smaller", failure.Message);
    }

    [Fact]
    public async Task A_loss_that_is_not_a_number_stops_the_run()
    {
        var options = Options with
        {
            Optimizer = new() { Kind = OptimizerKind.Sgd, LearningRate = 1e30 },
        };
        var failure = await Assert.ThrowsAsync<TrainingFailedException>(() => RunAsync(options, new MemoryCheckpoints()));

        Assert.StartsWith("the loss or its gradient is not a number at step", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accumulated_batches_make_one_step()
    {
        var result = await RunAsync(Options with { Accumulation = 2 }, new MemoryCheckpoints());

        Assert.Equal(6, result.Steps);
    }

    private static async Task<PretrainingResult> RunAsync(
        PretrainingOptions options,
        ICheckpoints run,
        IProgress<TrainingProgress>? progress = null
    )
    {
        using var store = new NoiseVideos(12);
        return await new VideoPretraining(options).RunAsync(store, CPU, run, progress, TestContext.Current.CancellationToken);
    }

    /// <summary>A method as in another assembly: it uses only public members.</summary>
    private sealed record OrderRecipe : PretrainingRecipe
    {
        public override string Name => "order";

        public override string Title => "Order of speeds";

        public override ImmutableArray<ClipView> Views => [new(Speed: 0), new(Speed: 1)];

        public override ImmutableArray<ProjectionHead> Heads => [new("order", Hidden: 0, Width: 4, Predicts: false)];

        public override TargetNetwork TargetNetwork => TargetNetwork.None;

        public override IPretrainingMethod Create(ulong seed, Device device) => new Order(seed, device);
    }

    /// <summary>
    /// Ranks the clips of a video along a direction that rotates slightly at every step. The direction is the state of the method.
    /// </summary>
    private sealed class Order(ulong seed, Device device) : IPretrainingMethod
    {
        private float _turn = seed;

        public MethodLoss Loss(Embeddings online, Embeddings target, LoadedBatch batch)
        {
            var views = online["order"].chunk(2, dim: 0); // (B, 4)
            var direction = tensor([MathF.Cos(_turn), MathF.Sin(_turn), 0, 0], device: device);
            _turn += 0.1f;
            return new(
                nn.functional.softplus(matmul(views[0] - views[1], direction)).mean(),
                ImmutableSortedDictionary<string, double>.Empty
            );
        }

        public IEnumerable<KeyValuePair<string, TensorData>> Save() => [new("turn", TensorData.Of<float>([_turn]))];

        public void Restore(IReadOnlyDictionary<string, TensorData> memory) => _turn = memory["turn"].As<float>()[0];

        public void Dispose() { }
    }

    private sealed class WithoutLabels(IFrameStore store) : IFrameStore
    {
        public ImmutableArray<StoredVideo> Videos { get; } = [.. store.Videos.Select(video => video with { Label = null })];

        public ValueTask<VideoFrames> ReadAsync(int video, ReadOnlyMemory<int> frames, CancellationToken cancellation) =>
            store.ReadAsync(video, frames, cancellation);

        public void Dispose() { }
    }
}
