using Tacit.Graphs;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference;
using Tacit.Inference.Sessions;
using Tacit.Learning.Quantization;
using Tacit.Learning.Quantization.Hast;

namespace Tacit.Learning.Tests.Quantization;

[NoTensorLeaks]
public sealed class ZeroShotQuantizationTests
{
    [Theory]
    [InlineData(8, 8, WeightStorage.Int8)]
    [InlineData(4, 4, WeightStorage.Packed)]
    [InlineData(3, 5, WeightStorage.Int8)]
    public void The_export_runs_on_integer_kernels_and_agrees_with_the_simulation(int weights, int activations, WeightStorage storage)
    {
        var result = new ZeroShotQuantization(Options(weights, activations) with { Storage = storage }).Run(TinyClassifier.Source);

        Assert.True(KernelReport.Of(result.Onnx).AllConvolutionsInteger, string.Join(", ", result.Kernels));
        Assert.InRange(result.Evaluations[0].SimulationVersusRuntime, 0.97, 1);
        Assert.Equal(result.Onnx.Length, result.BytesAfter);
    }

    [Fact]
    public void Eight_bits_keep_the_classes()
    {
        var result = new ZeroShotQuantization(Options(8, 8)).Run(TinyClassifier.Source);

        Assert.InRange(result.Evaluations[0].Agreement, 0.9, 1);
        Assert.All(result.Activations, activation => Assert.InRange(activation.Decibels, 20, 200));
    }

    [Fact]
    public void The_same_seed_gives_the_same_file()
    {
        var options = Options(4, 4);

        Assert.Equal(
            new ZeroShotQuantization(options).Run(TinyClassifier.Source).Onnx.ToArray(),
            new ZeroShotQuantization(options).Run(TinyClassifier.Source).Onnx.ToArray()
        );
    }

    [Fact]
    public void Samples_of_another_network_are_refused()
    {
        var samples = new SyntheticSet(TensorData.Of<float>(new float[4 * 3 * 32 * 32], 4, 3, 32, 32), [0, 1, 2, 3], "another", 0);

        Assert.Throws<InvalidDatasetException>(() => new ZeroShotQuantization(Options(8, 8)).Run(TinyClassifier.Source, samples));
    }

    [Fact]
    public void Images_are_learnt_from_beside_synthetic_samples_and_both_are_judged()
    {
        var result = new ZeroShotQuantization(Options(4, 4)).Run(TinyClassifier.Source, images: Images(20));

        Assert.Equal([("synthetic samples", 40), ("images", 10)], result.Evaluations.Select(judgement => (judgement.On, judgement.Count)));
        Assert.All(result.Evaluations, judgement => Assert.InRange(judgement.ZeroShot!.Value, 0, 1));
        Assert.NotEqual(new ZeroShotQuantization(Options(4, 4)).Run(TinyClassifier.Source).Onnx.ToArray(), result.Onnx.ToArray());
    }

    [Fact]
    public void The_zero_shot_result_beside_is_that_of_a_run_without_images()
    {
        var alone = new ZeroShotQuantization(Options(3, 3)).Run(TinyClassifier.Source);
        var beside = new ZeroShotQuantization(Options(3, 3)).Run(TinyClassifier.Source, images: Images(20));

        Assert.Equal(alone.Evaluations[0].Agreement, beside.Evaluations[0].ZeroShot);
    }

    [Fact]
    public void Images_alone_serve_a_network_without_batch_norms()
    {
        var result = new ZeroShotQuantization(Options(4, 4) with { Synthesis = null }).Run(Folded(), images: Images(20));

        Assert.Null(result.Samples);
        Assert.Equal(["images"], result.Evaluations.Select(judgement => judgement.On));
        Assert.Equal(1, result.Evaluations[0].SimulationVersusRuntime);
    }

    [Fact]
    public void Rounding_without_anything_to_learn_from_has_to_be_allowed()
    {
        var options = Options(8, 8) with { Synthesis = null };

        var message = Assert.Throws<UnsuitableModelException>(() => new ZeroShotQuantization(options).Run(Folded())).Message;
        var rounded = new ZeroShotQuantization(options with { AllowRounding = true }).Run(Folded());

        Assert.Contains("QuantizationOptions.AllowRounding", message);
        Assert.Equal("noise", rounded.Evaluations.Single().On);
        Assert.InRange(rounded.Evaluations[0].Agreement, 0.8, 1);
    }

    [Fact]
    public void Images_of_another_size_are_refused()
    {
        var images = new CalibrationData(TensorData.Of<float>(new float[4 * 3 * 8 * 8], 4, 3, 8, 8), "small");

        var message = Assert
            .Throws<InvalidDatasetException>(() => new ZeroShotQuantization(Options(8, 8)).Run(TinyClassifier.Source, images: images))
            .Message;
        Assert.Equal(
            "the images of small are prepared as 4 x 3 x 8 x 8, but the network takes 3 x 32 x 32; prepare them at that size (Preprocessing.Width)",
            message
        );
    }

    [Fact]
    public void The_sample_set_survives_its_file()
    {
        var samples = new SyntheticSet(
            TensorData.Of<float>([.. Enumerable.Range(0, 24).Select(i => i / 7f)], 2, 3, 2, 2),
            [4, 1],
            "abc",
            9
        );
        var path = Path.GetTempFileName();
        try
        {
            samples.Save(path);
            var read = SyntheticSet.Load(path);

            Assert.Equal(samples.Images.Bytes, read.Images.Bytes);
            Assert.Equal(samples.Labels, read.Labels);
            Assert.Equal(("abc", 9UL), (read.ModelHash, read.Seed));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static QuantizationOptions Options(int weights, int activations)
    {
        var options = QuantizationOptions.Of(
            QuantizationPreset.Fast,
            new BitWidths { Weights = weights, Activations = activations },
            seed: 1
        );
        return options with
        {
            HeldOut = 0.5,
            Synthesis = options.Synthesis! with { Samples = 80, BatchSize = 40, Steps = 12, LearningRate = 0.2 },
            FineTuning = options.FineTuning with { Steps = 12, BatchSize = 8, WarmUp = 2 },
        };
    }

    private static CalibrationData Images(int count) => new(NoiseImages.Of(count, [3, 32, 32], 4), "images");

    // The same layers with the batch norms left out.
    private static QuantizationSource Folded()
    {
        var builder = new GraphBuilder(TinyClassifier.Source.Model);
        foreach (var norm in builder.Nodes.Where(node => node.Operator == "BatchNormalization").ToList())
        {
            builder.Redirect(norm.Output, norm.Inputs[0]);
            builder.Remove(norm);
        }

        return QuantizationSource.Of(builder.Build());
    }
}
