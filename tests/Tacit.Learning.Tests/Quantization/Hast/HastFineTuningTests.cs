using Tacit.Graphs;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Learning.Optimization;
using Tacit.Learning.Quantization;
using Tacit.Learning.Quantization.Hast;
using Tacit.Learning.Runs;
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

    // Losses of similar size, and a learning rate that changes every weight by much more than its rounding in 32 bits.
    private static readonly FineTuningOptions Exact = new()
    {
        Steps = 3,
        BatchSize = NaiveHast.Samples,
        LearningRate = 1,
        Temperature = 2,
        DistillationWeight = 5,
        FeatureWeight = 20,
        Perturbation = 0.05,
        CropArea = 1,
        WeightDecay = 0.01,
    };

    // Compares 32 bits with 64 bits, relative to each loss and to the largest change of each tensor.
    private const double Tolerance = 2e-5;

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

    // The optimiser of the authors and that of the other presets; then without promotion, and without alignment.
    public static TheoryData<FineTuningOptions> Recipes =>
        [
            Exact,
            Exact with
            {
                AdamW = true,
                LearningRate = 1e-2,
                Schedule = FineTuningSchedule.WarmUpCosine,
                WarmUp = 1,
                GradientNorm = 1,
                WeightDecay = 0.1,
            },
            Exact with
            {
                Perturbation = 0,
            },
            Exact with
            {
                FeatureWeight = 0,
            },
        ];

    [Theory]
    [MemberData(nameof(Recipes))]
    public void Steps_are_those_of_the_equations(FineTuningOptions options)
    {
        using var scope = NewDisposeScope();
        var naive = new NaiveHast(options);
        var steps = new List<TrainingProgress>();
        var actual = new HastFineTuning(options, NaiveHast.Teacher, NaiveHast.Student).Run(
            [NaiveHast.Pictures],
            CPU,
            new MemoryCheckpoints(),
            new Progress(steps.Add),
            CancellationToken.None
        );

        Assert.Equal(options.Steps, steps.Count);
        foreach (var step in steps)
        {
            var (loss, distillation, features, gradient) = naive.Step((int)step.Step - 1);
            AssertClose(distillation, step.Losses["distillation"], distillation);
            AssertClose(features, step.Losses["features"], features);
            AssertClose(loss, step.Losses["loss"], loss);
            AssertClose(gradient, step.Losses["gradient"], gradient);
        }

        foreach (var name in NaiveHast.Trained)
        {
            var (before, expected, got) = (
                NaiveHast.Teacher.Weights[name].As<float>().ToArray(),
                naive[name],
                actual.Weights[name].As<float>().ToArray()
            );
            var change = expected.Zip(before, (after, first) => Math.Abs(after - first)).Max();
            Assert.True(change > 1e-3, $"{name} changes by {change} at most, which tells nothing");
            Assert.All(expected.Zip(got), pair => AssertClose(pair.First, pair.Second, change));
        }

        static void AssertClose(double expected, double actual, double size) =>
            Assert.True(Math.Abs(actual - expected) <= Tolerance * size, $"{actual} is not {expected} within {Tolerance * size}");
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
            new ActivationObserver(teacher, student, Samples(), CPU, CancellationToken.None).Apply(RangeEstimator.MeanSquaredError)
        );
    }

    private static TensorData Samples()
    {
        var numbers = new float[12 * 3 * 32 * 32];
        new RandomStream(1, "samples").FillGaussian(numbers);
        return TensorData.Of<float>(numbers, 12, 3, 32, 32);
    }
}
