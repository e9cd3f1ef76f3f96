using Tacit.Graphs;
using Tacit.Graphs.Rewriting;
using Tacit.Learning.Quantization;
using Tacit.Learning.Quantization.Hast;
using Tacit.Learning.Training;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Quantization.Hast;

[NoTensorLeaks]
public sealed class HastFineTuningTests
{
    private static readonly FineTuningOptions Options = new()
    {
        Steps = 60,
        BatchSize = 4,
        LearningRate = 1e-3,
        AdamW = true,
        Schedule = FineTuningSchedule.WarmUpCosine,
        WarmUp = 5,
        GradientNorm = 1,
    };

    [Fact]
    public void Defaults_are_the_authors()
    {
        var options = new FineTuningOptions();

        Assert.Equal((29400, 256, 1e-5, false), (options.Steps, options.BatchSize, options.LearningRate, options.AdamW));
        Assert.Equal(
            (20.0, 20.0, 1000.0, 0.01),
            (options.Temperature, options.DistillationWeight, options.FeatureWeight, options.Perturbation)
        );
        Assert.Null(options.GradientNorm);
    }

    [Fact]
    public void The_loss_falls()
    {
        var losses = new List<double>();
        Run(Options, new MemoryCheckpoints(), new Progress(step => losses.Add(step.Losses["loss"])));

        Assert.True(losses.TakeLast(10).Average() < 0.8 * losses.Take(10).Average(), $"from {losses[0]} to {losses[^1]}");
    }

    [Fact]
    public void A_resumed_training_gives_the_same_network()
    {
        var expected = Run(Options, new MemoryCheckpoints());
        var checkpoints = new InterruptedCheckpoints(killAfter: 40, keepEvery: 30);
        Assert.Throws<OperationCanceledException>(() => Run(Options, checkpoints));
        var resumed = Run(Options, checkpoints);

        Assert.All(expected.Weights.Keys, name => Assert.Equal(expected.Weights[name].Bytes, resumed.Weights[name].Bytes));
    }

    [Fact]
    public void Without_steps_nothing_changes()
    {
        var (_, student) = Networks();
        var trained = Run(Options with { Steps = 0 }, new MemoryCheckpoints());

        Assert.All(student.Weights.Keys, name => Assert.Equal(student.Weights[name].Bytes, trained.Weights[name].Bytes));
    }

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(0.01, 0)]
    public void Promotion_and_feature_alignment_can_be_switched_off(double perturbation, double featureWeight)
    {
        var steps = 0L;
        Run(
            Options with
            {
                Steps = 3,
                Perturbation = perturbation,
                FeatureWeight = featureWeight,
            },
            new MemoryCheckpoints(),
            new Progress(step => steps = step.Step)
        );

        Assert.Equal(3, steps);
    }

    [Fact]
    public void Hopeless_divergence_fails_with_a_clear_word()
    {
        var failure = Assert.Throws<TrainingFailedException>(() =>
            Run(Options with { LearningRate = 1e30, GradientNorm = null, AdamW = false, WarmUp = 0 }, new MemoryCheckpoints())
        );

        Assert.Contains("diverged 9 times", failure.Message);
    }

    private static Model Run(FineTuningOptions options, ICheckpoints checkpoints, IProgress<TrainingProgress>? progress = null)
    {
        var (teacher, student) = Networks();
        return new HastFineTuning(options, teacher, student).Run([Samples()], CPU, checkpoints, progress, CancellationToken.None);
    }

    private static (Model Teacher, Model Student) Networks()
    {
        var teacher = TinyClassifier.Source.Model;
        var student = new FakeQuantizationInsertion(new BitWidths { Weights = 3, Activations = 3 }).Apply(teacher);
        return (
            teacher,
            new RangeObservation(teacher, student, Samples(), CPU, CancellationToken.None).Apply(RangeEstimator.MeanSquaredError)
        );
    }

    private static TensorData Samples()
    {
        var numbers = new float[12 * 3 * 32 * 32];
        new RandomStream(1, "samples").FillGaussian(numbers);
        return TensorData.Of<float>(numbers, 12, 3, 32, 32);
    }
}
