using Tacit.Graphs;
using Tacit.Learning.Execution;
using Tacit.Learning.Optimization;
using Tacit.Learning.Runs;
using Tacit.Learning.Tests.Runs;
using TorchSharp;

namespace Tacit.Learning.Tests.Optimization;

[NoTensorLeaks]
public sealed class WeightUpdateTests : IDisposable
{
    private const int Steps = 8;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tacit-");

    public static TheoryData<OptimizerOptions> Kinds =>
        [
            new OptimizerOptions { LearningRate = 0.05, WarmUpSteps = 2 },
            new OptimizerOptions
            {
                LearningRate = 0.05,
                Momentum = 0,
                SparesVectors = true,
            },
            new OptimizerOptions
            {
                LearningRate = 0.05,
                Nesterov = true,
                WeightDecay = 0.01,
                MaxGradientNorm = 0.5,
            },
            new OptimizerOptions
            {
                Kind = OptimizerKind.Lars,
                LearningRate = 3,
                TrustCoefficient = 0.02,
                WeightDecay = 0.01,
                WarmUpSteps = 3,
            },
            new OptimizerOptions
            {
                Kind = OptimizerKind.Lars,
                LearningRate = 3,
                TrustCoefficient = 0.02,
                Nesterov = true,
                SparesVectors = false,
            },
            new OptimizerOptions
            {
                Kind = OptimizerKind.AdamW,
                LearningRate = 0.01,
                WeightDecay = 0.1,
                LastFactor = 0.5,
            },
            new OptimizerOptions
            {
                Kind = OptimizerKind.AdamW,
                LearningRate = 0.01,
                WeightDecay = 0.1,
                SparesVectors = false,
                Beta1 = 0.8,
                Beta2 = 0.95,
            },
        ];

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Changes_weights_as_a_naive_implementation_does(OptimizerOptions options)
    {
        using var training = new TinyTraining(options, Steps);
        var naive = new NaiveUpdate(options, training.Weights);
        for (var step = 0; step < Steps; step++)
        {
            training.Backward(step);
            var norm = naive.Step(training.Weights, training.Update.RateAt(step));

            Assert.Equal(norm, training.Update.Step(step), norm * 1e-5);
            foreach (var (name, parameter) in training.Weights.Parameters)
            {
                using var detached = parameter.detach();
                var computed = detached.data<float>().ToArray();
                Assert.All(
                    naive.Weights[name].Zip(computed),
                    pair => Assert.Equal(pair.First, pair.Second, 2e-5 + 2e-5 * Math.Abs(pair.First))
                );
                naive.Weights[name] = [.. computed.Select(value => (double)value)];
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_resumed_training_is_bit_equal_to_an_uninterrupted_one(OptimizerOptions options)
    {
        using var whole = new TinyTraining(options, Steps);
        whole.Train(0, Steps);

        var file = Path.Combine(_folder.FullName, "c.safetensors");
        using (var first = new TinyTraining(options, Steps))
        {
            first.Train(0, 3);
            first.Save(3).Write(file);
        }

        using var second = new TinyTraining(options, Steps);
        second.Restore(Checkpoint.Read(file));
        second.Train(3, Steps);

        Assert.All(whole.Elements, weight => Assert.True(weight.Value.Bytes.SequenceEqual(second.Elements[weight.Key].Bytes), weight.Key));
    }

    [Fact]
    public void Accumulated_gradients_count_as_their_mean()
    {
        using var once = new TinyTraining(new OptimizerOptions(), Steps);
        using var twice = new TinyTraining(new OptimizerOptions(), Steps);
        once.Backward(0);
        twice.Backward(0);
        twice.Backward(0);

        Assert.Equal(once.Update.Step(0), twice.Update.Step(0, accumulated: 2), 5);
        Assert.All(once.Weights.Parameters, parameter => Assert.True(parameter.Tensor.allclose(twice.Weights[parameter.Name], 1e-5, 1e-7)));
    }

    [Fact]
    public void A_gradient_that_is_no_number_changes_nothing()
    {
        using var training = new TinyTraining(new OptimizerOptions { Kind = OptimizerKind.AdamW }, Steps);
        training.Backward(0);
        var before = training.Elements;
        using (var gradient = training.Weights.Parameters[0].Tensor.grad)
        {
            gradient!.fill_(float.NaN);
        }

        Assert.Equal(double.NaN, training.Update.Step(0));
        Assert.All(before, weight => Assert.True(weight.Value.Bytes.SequenceEqual(training.Elements[weight.Key].Bytes)));
    }

    [Fact]
    public void A_given_rate_replaces_that_of_the_schedule()
    {
        using var parameter = new TorchSharp.Modules.Parameter(torch.tensor([1f, 2f]));
        using var update = new WeightUpdate(new OptimizerOptions { WeightDecay = 0 }, [parameter], LearningRateSchedule.Constant(100));
        using (var loss = parameter.sum())
        {
            loss.backward();
        }

        update.StepAt(0.25);

        Assert.Equal([0.75f, 1.75f], parameter.data<float>().ToArray());
    }

    [Fact]
    public void No_gradient_is_left()
    {
        using var training = new TinyTraining(new OptimizerOptions(), Steps);

        training.Train(0, 1);

        Assert.All(training.Weights.Parameters, parameter => Assert.Null(parameter.Tensor.grad));
    }

    [Fact]
    public void Weights_must_be_trainable()
    {
        using var training = new TinyTraining(new OptimizerOptions(), Steps);
        using var frozen = TorchWeights.From(training.Weights.ToModel(), torch.CPU, trainable: false);

        var exception = Assert.Throws<ArgumentException>(() => new WeightUpdate(new OptimizerOptions(), frozen, Steps));

        Assert.Contains("there is nothing to train", exception.Message);
    }

    [Fact]
    public void Refuses_the_state_of_another_kind()
    {
        using var adam = new TinyTraining(new OptimizerOptions { Kind = OptimizerKind.AdamW }, Steps);
        adam.Train(0, 1);
        using var sgd = new TinyTraining(new OptimizerOptions(), Steps);

        Assert.Throws<InvalidFileException>(() => sgd.Restore(adam.Save(1)));
        Assert.Throws<InvalidFileException>(() => sgd.Restore(new Checkpoint("train", 1)));
    }
}
