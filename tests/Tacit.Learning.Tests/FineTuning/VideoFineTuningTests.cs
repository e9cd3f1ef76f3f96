using System.Collections.Immutable;
using System.Text.Json;
using Tacit.Graphs;
using Tacit.Inference;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Inference.Video.Decoding;
using Tacit.Inference.Video.Storage;
using Tacit.Learning.FineTuning;
using Tacit.Learning.Networks;
using Tacit.Learning.Optimization;
using Tacit.Learning.Runs;
using Tacit.Learning.Tests.Evaluation;
using Tacit.Learning.Tests.Quantization;
using Tacit.Learning.Tests.Quantization.Hast;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.FineTuning;

public sealed class VideoFineTuningTests
{
    private static readonly ClipPreprocessing Clip = new(4, 32) { Mean = new(0.4f, 0.5f, 0.6f), Std = new(0.2f, 0.3f, 0.25f) };

    private static readonly VideoFineTuningOptions Options = new()
    {
        Optimizer = new() { Kind = OptimizerKind.AdamW, LearningRate = 3e-3 },
        BatchSize = 4,
        Epochs = 4,
        Validation = 0.25,
        ValidationClips = 2,
        Seed = 5,
    };

    [Fact]
    public async Task Colours_are_learnt()
    {
        var result = await RunAsync(Options with { Epochs = 8 });

        Assert.Equal(100, result.Epochs[result.ChosenEpoch - 1].Accuracy);
        Assert.Equal((8, 8 * 3), (result.Epochs.Length, result.Steps));
        Assert.True(result.Epochs[^1].Loss < result.Epochs[0].Loss);
    }

    [Fact]
    public async Task The_classifier_says_what_it_is()
    {
        var result = await RunAsync(Options with { Epochs = 1 });
        var metadata = result.Classifier.Metadata;

        Assert.Equal(Clip, ModelMetadata.Read(metadata).Clips);
        Assert.Equal("""["class0","class1"]""", metadata[ModelMetadata.ClassesKey]);
        Assert.Equal(("r3d-10", "byol"), (metadata["tacit.encoder.backbone"], metadata["tacit.encoder.method"]));
        Assert.Equal(
            ("logits", "N x 2"),
            (result.Classifier.Graph.Outputs.Single().Name, result.Classifier.Graph.Outputs[0].Type.Shape.ToString())
        );
        Assert.Contains(result.Classifier.Graph.Nodes, node => node.Operator == "BatchNormalization");
    }

    [Fact]
    public async Task All_layers_are_trained()
    {
        var (before, after) = (Encoder().Weights, (await RunAsync(Options with { Epochs = 1 })).Classifier.Weights);

        Assert.All(before.Keys, name => Assert.False(before[name].Bytes.SequenceEqual(after[name].Bytes), name));
    }

    // Killed during an epoch, after the first epoch, and with checkpoints at the end of an epoch.
    [Theory]
    [InlineData(8, 5)]
    [InlineData(7, 3)]
    public async Task A_run_that_was_killed_gives_the_same_classifier(int killAfter, int keepEvery)
    {
        var expected = await RunAsync(Options);
        var checkpoints = new InterruptedCheckpoints(killAfter, keepEvery);
        await Assert.ThrowsAsync<OperationCanceledException>(() => RunAsync(Options, checkpoints));
        var resumed = await RunAsync(Options, checkpoints);

        Assert.Equal(expected.Epochs, resumed.Epochs);
        AssertEqual(expected.Classifier, resumed.Classifier);
    }

    [Fact]
    public async Task A_run_stopped_while_it_judges_an_epoch_goes_on_to_the_same_classifier()
    {
        var expected = await RunAsync(Options);
        using var stop = new CancellationTokenSource();
        using var videos = new ColouredVideos(16);
        using var store = new StoppingStore(videos, whenReading: expected.ValidationVideos[0], stop);
        var checkpoints = new MemoryCheckpoints();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new VideoFineTuning(Options).RunAsync(Encoder(), store, CPU, checkpoints, cancellation: stop.Token)
        );
        var kept = checkpoints.Latest(VideoFineTuning.Stage)!.Step;
        var resumed = await RunAsync(Options, checkpoints);

        Assert.Equal(3, kept);
        Assert.Equal(expected.Epochs, resumed.Epochs);
        AssertEqual(expected.Classifier, resumed.Classifier);
    }

    [Fact]
    public async Task The_weights_of_the_chosen_epoch_are_taken()
    {
        var result = await RunAsync(Options with { Epochs = 3 });
        var chosen = result.Epochs.AsEnumerable().Aggregate((best, next) => next.IsBetterThan(best) ? next : best);

        // The rate is constant, so that a shorter run has the same steps.
        var constant = Options with
        {
            Optimizer = Options.Optimizer with { LastFactor = 1 },
            Epochs = 5,
        };
        var longer = await RunAsync(constant);
        var shorter = await RunAsync(constant with { Epochs = longer.ChosenEpoch });

        Assert.Equal(chosen.Epoch, result.ChosenEpoch);
        AssertEqual(shorter.Classifier, longer.Classifier);
    }

    [Fact]
    public async Task Without_validation_the_last_epoch_is_taken()
    {
        var result = await RunAsync(Options with { Validation = 0, Epochs = 2 });

        Assert.Equal((2, 0, 16), (result.ChosenEpoch, result.ValidationVideos.Length, result.TrainingVideos.Length));
        Assert.All(result.Epochs, epoch => Assert.Null(epoch.Accuracy));
    }

    [Theory]
    [InlineData(60.0, 1.0, 50.0, 0.1, true)]
    [InlineData(50.0, 0.1, 60.0, 1.0, false)]
    [InlineData(60.0, 0.5, 60.0, 0.6, true)]
    [InlineData(60.0, 0.5, 60.0, 0.5, false)]
    public void The_better_epoch_has_more_right_then_less_loss_then_comes_first(
        double accuracy,
        double loss,
        double otherAccuracy,
        double otherLoss,
        bool better
    ) => Assert.Equal(better, new FineTuningEpoch(2, 0, accuracy, loss).IsBetterThan(new FineTuningEpoch(1, 0, otherAccuracy, otherLoss)));

    [Fact]
    public async Task No_source_is_learnt_from_and_held_out()
    {
        using var store = new ColouredVideos(16);
        var result = await RunAsync(Options with { Epochs = 1 });
        var sources = store.Videos.ToDictionary(video => video.Name, video => video.Source);

        Assert.Equal((12, 4), (result.TrainingVideos.Length, result.ValidationVideos.Length));
        Assert.Empty(result.TrainingVideos.Select(name => sources[name]).Intersect(result.ValidationVideos.Select(name => sources[name])));
    }

    [Fact]
    public async Task From_scratch_the_encoders_weights_are_not_used()
    {
        var options = Options with { FromScratch = true, Epochs = 1 };
        var (scratch, other, pretrained) = (
            await RunAsync(options),
            await RunAsync(options, encoder: Encoder(seed: 9)),
            await RunAsync(options with { FromScratch = false })
        );

        AssertEqual(scratch.Classifier, other.Classifier);
        Assert.False(scratch.Classifier.Weights["conv1.weight"].Bytes.SequenceEqual(pretrained.Classifier.Weights["conv1.weight"].Bytes));
        Assert.Equal("none", scratch.Classifier.Metadata["tacit.encoder.method"]);
    }

    [Fact]
    public async Task Blue_first_is_normalised_as_it_says()
    {
        var bgr = Clip with { ColorOrder = ColorOrder.BGR, Mean = new(0.6f, 0.5f, 0.4f), Std = new(0.25f, 0.3f, 0.2f) };
        using var store = new ColouredVideos(4);
        var plan = FineTuningPlan.Of(Options with { Validation = 0 }, Encoder(clip: bgr), store);

        Assert.Equal((Clip.Mean, Clip.Std), (plan.Augmentation.Mean, plan.Augmentation.Std));
        Assert.Equal(100, (await RunAsync(Options with { Epochs = 8 }, encoder: Encoder(clip: bgr))).Epochs.Max(epoch => epoch.Accuracy));
    }

    [Fact]
    public async Task Videos_shorter_than_a_clip_are_learnt_from()
    {
        using var store = new ColouredVideos(16, frames: 3);
        var result = await new VideoFineTuning(Options with { Epochs = 1 }).RunAsync(
            Encoder(),
            store,
            cancellation: TestContext.Current.CancellationToken
        );

        Assert.Equal(3, result.Steps);
    }

    [Fact]
    public async Task Unreadable_videos_are_named()
    {
        using var store = new ColouredVideos(40, broken: [2, 3]);
        var options = Options with { Epochs = 1, MaxUnreadable = 0.1 };
        var result = await new VideoFineTuning(options).RunAsync(Encoder(), store, cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(["video02", "video03"], result.Unreadable.Select(video => video.Name));
    }

    [Fact]
    public async Task A_loss_that_is_no_number_leaves_the_last_good_checkpoint()
    {
        var checkpoints = new MemoryCheckpoints();
        var options = Options with { Optimizer = new() { LearningRate = 1e30 } };
        var failure = await Assert.ThrowsAsync<TrainingFailedException>(() => RunAsync(options, checkpoints));

        Assert.Matches("^the loss or its gradient is not a number at step [0-9]+; lower the learning rate$", failure.Message);
    }

    [Fact]
    public void Videos_that_cannot_be_learnt_from_are_refused()
    {
        using var few = new ColouredVideos(4);
        using var alike = new ColouredVideos(8, classes: 1);
        using var three = new ColouredVideos(9, classes: 3);
        using var bare = new ColouredVideos(2) { Videos = [.. few.Videos.Select(video => video with { Label = null })] };
        using var videos = new ColouredVideos(16);

        Assert.Equal(
            "a batch of 4 videos cannot be drawn from 2 (4 less 2 held out for validation); make the batch smaller",
            Refused(few, Options with { Validation = 0.5 })
        );
        Assert.Equal(
            "all 8 training videos are of the class class0; at least two classes are needed to tell apart",
            Refused(alike, Options)
        );
        Assert.StartsWith("no video has a class", Refused(bare, Options), StringComparison.Ordinal);
        Assert.StartsWith(
            "to hold out one of 5 parts by source takes 5 sources, the training videos come from 2;",
            Refused(few, Options with { Validation = 0.2 }),
            StringComparison.Ordinal
        );
        Assert.Equal(
            "a class is tested that no training video has: class2; move videos of it to the training part, or leave it out",
            Assert.Throws<InvalidDatasetException>(() => VideoFineTuning.Check(Options, Encoder(), videos, three)).Message
        );

        static string Refused(IFrameStore store, VideoFineTuningOptions options) =>
            Assert.Throws<InvalidDatasetException>(() => VideoFineTuning.Check(options, Encoder(), store)).Message;
    }

    [Fact]
    public async Task Networks_that_cannot_be_fine_tuned_are_refused()
    {
        var encoder = Encoder();
        var classifier = (await RunAsync(Options with { Epochs = 1 })).Classifier;
        var undescribed = encoder with { Metadata = encoder.Metadata.Clear() };
        var logits = VideoZoo.Find("r3d-10")!.Build(classes: 2, frames: 4, size: 32, width: 0.125);

        Assert.Equal("the network is a classifier already; give the encoder that it was made from", Refused(classifier));
        Assert.Equal(
            "the network's batch norms are folded into its convolutions, and training needs them; export it with its batch norms kept",
            Refused(Folded())
        );
        Assert.StartsWith("the network does not say how its clips are prepared", Refused(undescribed), StringComparison.Ordinal);
        Assert.StartsWith("the network takes clips of ", Refused(Encoder(clip: new(8, 32))), StringComparison.Ordinal);
        Assert.StartsWith("the network does not say", Refused(logits), StringComparison.Ordinal);

        static string Refused(Model model)
        {
            using var store = new ColouredVideos(16);
            return Assert.Throws<UnsuitableModelException>(() => VideoFineTuning.Check(Options, model, store)).Message;
        }
    }

    private static Model Encoder(ulong seed = 3, ClipPreprocessing? clip = null)
    {
        var model = VideoZoo.Find("r3d-10")!.BuildEncoder(frames: 4, size: 32, width: 0.125, seed);
        return new ModelMetadata
        {
            Clips = clip ?? Clip,
            Backbone = "r3d-10",
            Method = "byol",
        }.WriteTo(model);
    }

    // A convolution with a bias and no batch norm.
    private static Model Folded()
    {
        var builder = new GraphBuilder("folded");
        var x = builder.Input("clip", new Shape("N", 3, 4, 32, 32));
        string[] operands =
        [
            x,
            builder.Initializer("weight", TensorData.Of<float>(new float[24], 8, 3, 1, 1, 1)),
            builder.Initializer("bias", TensorData.Of<float>(new float[8])),
        ];
        x = builder.Add("GlobalAveragePool", [builder.Add("Conv", operands, Attributes.None.With("kernel_shape", [1, 1, 1]))]);
        builder.Output(builder.Add("Flatten", [x], name: "features"), new Shape("N", 8));
        var model = builder.Build();
        return new ModelMetadata { Clips = Clip }.WriteTo(model);
    }

    private static async Task<VideoFineTuningResult> RunAsync(
        VideoFineTuningOptions options,
        ICheckpoints? run = null,
        Model? encoder = null
    )
    {
        using var store = new ColouredVideos(16);
        return await new VideoFineTuning(options).RunAsync(
            encoder ?? Encoder(),
            store,
            CPU,
            run,
            cancellation: TestContext.Current.CancellationToken
        );
    }

    private static void AssertEqual(Model expected, Model actual) =>
        Assert.All(expected.Weights.Keys, name => Assert.Equal(expected.Weights[name].Bytes, actual.Weights[name].Bytes));

    // Stops the run when a video is read.
    private sealed class StoppingStore(IFrameStore store, string whenReading, CancellationTokenSource stop) : IFrameStore
    {
        public ImmutableArray<StoredVideo> Videos => store.Videos;

        public ValueTask<VideoFrames> ReadAsync(int video, ReadOnlyMemory<int> frames, CancellationToken cancellation)
        {
            if (Videos[video].Name == whenReading)
            {
                stop.Cancel();
                cancellation.ThrowIfCancellationRequested();
            }

            return store.ReadAsync(video, frames, cancellation);
        }

        public void Dispose() { }
    }
}
