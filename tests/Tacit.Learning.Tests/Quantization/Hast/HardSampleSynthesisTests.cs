using Tacit.Graphs;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;
using Tacit.Learning.Quantization.Hast;
using Tacit.Learning.Runs;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Quantization.Hast;

[NoTensorLeaks]
public sealed class HardSampleSynthesisTests
{
    private static readonly SynthesisOptions Options = new()
    {
        Samples = 10,
        BatchSize = 6,
        Steps = 8,
        LearningRate = 0.1,
        Seed = 3,
    };

    [Fact]
    public void Defaults_are_the_authors()
    {
        var options = new SynthesisOptions();

        Assert.Equal((5120, 256, 1000, 0.5), (options.Samples, options.BatchSize, options.Steps, options.LearningRate));
        Assert.Equal(SynthesisSchedule.Plateau, options.Schedule);
    }

    [Fact]
    public void Batches_are_made_smaller_to_stay_within_the_memory()
    {
        var model = TinyClassifier.Source.Model;
        var one = ActivationMemory.OfSynthesis(model).BytesPerSample;

        Assert.Equal(2, new HardSampleSynthesis(Options, model).Batches);
        Assert.Equal(4, new HardSampleSynthesis(Options with { MemoryLimit = 3 * one }, model).Batches);
        Assert.Equal(5, new HardSampleSynthesis(Options with { MemoryLimit = 1 }, model).Batches);
    }

    [Fact]
    public void The_loss_falls()
    {
        var losses = new List<double>();
        Run(Options with { Steps = 20, Samples = 6 }, new MemoryCheckpoints(), new Progress(step => losses.Add(step.Losses["loss"])));

        Assert.True(losses[^1] < 0.7 * losses[0], $"from {losses[0]} to {losses[^1]}");
    }

    [Theory]
    [InlineData(SynthesisSchedule.Cosine)]
    [InlineData(SynthesisSchedule.Plateau)]
    public void A_resumed_synthesis_gives_the_same_samples(SynthesisSchedule schedule)
    {
        var options = Options with { Schedule = schedule };
        var expected = Run(options, new MemoryCheckpoints());
        foreach (var kill in new[] { 3, 8, 13 })
        {
            var checkpoints = new InterruptedCheckpoints(kill, keepEvery: 2);
            Assert.Throws<OperationCanceledException>(() => Run(options, checkpoints));

            Assert.Equal(expected.Bytes, Run(options, checkpoints).Bytes);
        }
    }

    [Fact]
    public void A_finished_batch_is_kept_once()
    {
        var checkpoints = new RecordedCheckpoints();
        var images = Run(Options, checkpoints);

        Assert.Equal(images.Sizes[0], checkpoints.Saved.Where(saved => saved.Section("update").Count == 0).Sum(Rows));
        Assert.All(checkpoints.Saved, saved => Assert.InRange(Rows(saved), 0, Options.BatchSize));

        static long Rows(Checkpoint saved) => saved.Tensors.GetValueOrDefault("images")?.Sizes[0] ?? 0;
    }

    [Fact]
    public void A_process_that_dies_when_a_batch_is_kept_goes_on_to_the_same_samples()
    {
        var expected = Run(Options, new MemoryCheckpoints());
        var checkpoints = new RecordedCheckpoints { DiesAt = Options.Steps };
        Assert.Throws<IOException>(() => Run(Options, checkpoints));

        Assert.Equal(expected.Bytes, Run(Options, checkpoints).Bytes);
    }

    [Fact]
    public void A_synthesis_that_dies_after_a_batch_logs_every_step_once()
    {
        var folder = Directory.CreateTempSubdirectory("tacit-");
        using (var run = RunFolder.Create(Path.Combine(folder.FullName, "run"), Description))
        {
            Assert.Throws<IOException>(() => Run(Options, run.Checkpoints, new Progress(step => Log(step, dies: step.Step == 11))));
            Assert.NotNull(run.Checkpoints.Latest("synthesis of batch 1"));

            run.CutBackMetrics();
            Run(Options, run.Checkpoints, new Progress(step => Log(step, dies: false)));

            Assert.Equal(Enumerable.Range(1, 16).Select(step => (long)step), run.Metrics.Read().Select(entry => entry.Step));

            void Log(TrainingProgress step, bool dies)
            {
                run.Metrics.Append(step.Stage, step.Step, step.Losses);
                if (dies)
                {
                    throw new IOException("the process dies");
                }
            }
        }

        folder.Delete(recursive: true);
    }

    [Fact]
    public void Samples_of_another_size_are_refused()
    {
        var checkpoints = new MemoryCheckpoints();
        checkpoints.Save(new Checkpoint(HardSampleSynthesis.Stage, 3).With("images", TensorData.Of<float>(new float[3], 1, 3, 1, 1)));

        var message = Assert.Throws<InvalidFileException>(() => Run(Options, checkpoints)).Message;
        Assert.Equal(
            "the checkpoint is of other options: the samples of a batch are 6 x 3 x 32 x 32, the checkpoint has 1 x 3 x 1 x 1",
            message
        );
    }

    [Fact]
    public void An_encoders_first_batch_is_of_statistics_alone_and_gives_the_prototypes()
    {
        var options = Options with { Samples = 12, Steps = 3 };
        var encoder = TinyVideoNetwork.Encoder.Model;
        var checkpoints = new InterruptedCheckpoints(killAfter: 8, keepEvery: 2);

        var (expected, labels) = new HardSampleSynthesis(options, encoder, NetworkTask.Features).Run(
            CPU,
            new MemoryCheckpoints(),
            null,
            default
        );
        Assert.Throws<OperationCanceledException>(() =>
            new HardSampleSynthesis(options, encoder, NetworkTask.Features).Run(CPU, checkpoints, null, default)
        );
        var (resumed, _) = new HardSampleSynthesis(options, encoder, NetworkTask.Features).Run(CPU, checkpoints, null, default);

        Assert.Equal([-1, -1, -1], labels.Take(3));
        Assert.All(labels.Skip(3), label => Assert.InRange(label, 0, 2));
        Assert.Equal(expected.Bytes, resumed.Bytes);
    }

    [Fact]
    public void Cancellation_keeps_the_state()
    {
        using var cancellation = new CancellationTokenSource();
        var checkpoints = new MemoryCheckpoints();
        var progress = new Progress(step =>
        {
            if (step.Step == 5)
            {
                cancellation.Cancel();
            }
        });

        Assert.Throws<OperationCanceledException>(() =>
            new HardSampleSynthesis(Options, TinyClassifier.Source.Model).Run(CPU, checkpoints, progress, cancellation.Token)
        );
        Assert.Equal(5, checkpoints.Latest(HardSampleSynthesis.Stage)!.Step);
    }

    [Fact]
    public void A_network_without_batch_norms_is_told_how_to_keep_them()
    {
        var builder = new GraphBuilder("plain");
        var weight = builder.Initializer("weight", TensorData.Of<float>(new float[4 * 3], 4, 3, 1, 1));
        var conv = builder.Add("Conv", [builder.Input("x", new("N", 3, 1, 1)), weight]);
        builder.Output(builder.Add("Flatten", [conv]), new("N", 4));

        var failure = Assert.Throws<UnsuitableModelException>(() => new HardSampleSynthesis(Options, builder.Build()));
        Assert.Contains("training=TrainingMode.PRESERVE, do_constant_folding=False", failure.Message);
    }

    [Fact]
    public void A_network_of_several_inputs_is_refused_by_their_names()
    {
        var builder = new GraphBuilder("two");
        builder.Output(
            builder.Add("Add", [builder.Input("left", new("N", 3, 8, 8)), builder.Input("right", new("N", 3, 8, 8))]),
            new("N", 3, 8, 8)
        );

        var failure = Assert.Throws<UnsuitableModelException>(() => new HardSampleSynthesis(Options, builder.Build()));
        Assert.Equal("the network has 2 inputs (left, right); one is supported", failure.Message);
    }

    private static RunDescription Description =>
        new()
        {
            Command = "synthesize",
            Options = [],
            Seed = 0,
            ThreadCount = 1,
            Inputs = [],
        };

    private static TensorData Run(SynthesisOptions options, ICheckpoints checkpoints, IProgress<TrainingProgress>? progress = null) =>
        new HardSampleSynthesis(options, TinyClassifier.Source.Model).Run(CPU, checkpoints, progress, CancellationToken.None).Images;
}

/// <summary>Saves every checkpoint, but fails once, at a step of the synthesis.</summary>
internal sealed class RecordedCheckpoints : ICheckpoints
{
    public List<Checkpoint> Saved { get; } = [];

    public long DiesAt { get; set; } = long.MaxValue;

    public Checkpoint? Latest(string stage) => Saved.LastOrDefault(saved => saved.Stage == stage);

    public void Save(Checkpoint checkpoint)
    {
        if (checkpoint.Stage == HardSampleSynthesis.Stage && checkpoint.Step == DiesAt)
        {
            DiesAt = long.MaxValue;
            throw new IOException("the process dies");
        }

        Saved.Add(checkpoint);
    }

    public void SaveIfDue(long step, Func<Checkpoint> capture, CancellationToken cancellation) => Save(capture());
}

/// <summary>Calls back synchronously on the reporting thread.</summary>
internal sealed class Progress(Action<TrainingProgress> report) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => report(value);
}
