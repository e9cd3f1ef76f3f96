using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Contracts;
using Tacit.Inference.Sessions;
using Tacit.Learning.Execution;
using Tacit.Learning.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Quantization;

[NoTensorLeaks]
public sealed class VideoQuantizationTests
{
    [Theory]
    [InlineData(8, new long[] { 3, 3, 3 }, new long[] { 1, 1, 1 }, new long[] { 1, 1, 1 })]
    [InlineData(8, new long[] { 1, 3, 3 }, new long[] { 1, 1, 1 }, new long[] { 0, 1, 1 })]
    [InlineData(8, new long[] { 3, 1, 1 }, new long[] { 1, 1, 1 }, new long[] { 1, 0, 0 })]
    [InlineData(8, new long[] { 1, 1, 1 }, new long[] { 2, 2, 2 }, new long[] { 0, 0, 0 })]
    [InlineData(3, new long[] { 7, 7, 7 }, new long[] { 1, 2, 2 }, new long[] { 3, 3, 3 })]
    [InlineData(3, new long[] { 1, 7, 7 }, new long[] { 1, 2, 2 }, new long[] { 0, 3, 3 })]
    [InlineData(3, new long[] { 3, 3, 3 }, new long[] { 1, 1, 1 }, new long[] { 1, 1, 1 })]
    [InlineData(3, new long[] { 3, 4, 5 }, new long[] { 2, 3, 1 }, new long[] { 1, 2, 0 })]
    public void A_convolution_of_clips_runs_on_integers_and_as_the_simulation_says(int channels, long[] kernel, long[] strides, long[] pads)
    {
        var source = TinyVideoNetwork.OneLayer(channels, kernel, strides, pads);
        var clips = TinyVideoNetwork.Clips(source, 6);
        var student = Rounded(source, clips);

        var exported = OnnxWriter.ToBytes(new QdqExport().Apply(student));

        var report = KernelReport.Of(exported);
        Assert.True(report.AllConvolutionsInteger, report.ToString());
        using var session = OnnxSession.Open(exported);
        var actual = session.Run(clips.As<float>().ToArray(), [.. clips.Sizes]);
        var expected = Simulate(student, clips);

        // In a mean over at least 27 values on an 8-bit grid, one value may be rounded differently.
        var step = student.Weights["relu.high"].As<float>()[0] / 255;
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, step / 20));
    }

    [Theory]
    [InlineData(3, new long[] { 16, 147, 7, 1, 1 })]
    [InlineData(8, new long[] { 16, 56, 7, 7, 1 })]
    [InlineData(24, new long[] { 16, 24, 7, 7, 7 })]
    public void The_window_is_unfolded_until_there_are_channels_enough(int channels, long[] sizes)
    {
        var source = TinyVideoNetwork.OneLayer(channels, [7, 7, 7], [1, 2, 2], [3, 3, 3]);

        var exported = new QdqExport().Apply(new FakeQuantizationInsertion(new BitWidths()).Apply(source.Model));

        Assert.Equal(sizes, exported.Weights["conv.weight"].Sizes);
    }

    [Fact]
    public void The_window_stays_where_the_size_of_clips_is_not_known()
    {
        var source = TinyVideoNetwork.OneLayer(3, [3, 3, 3], [1, 1, 1], [1, 1, 1]);
        var builder = new GraphBuilder("open");
        var student = new FakeQuantizationInsertion(new BitWidths()).Apply(source.Model);
        _ = builder.Input("clip", new("N", 3, "T", "H", "W"));
        foreach (var initializer in student.Graph.Initializers.Values)
        {
            builder.Initializer(initializer.Name, student.Weights[initializer.Name], initializer.Role);
        }

        foreach (var node in student.Graph.Nodes)
        {
            builder.Add(node);
        }

        builder.Output("features", new("N", 16));

        Assert.Equal([16, 3, 3, 3, 3], new QdqExport().Apply(builder.Build()).Weights["conv.weight"].Sizes);
    }

    [Theory]
    [InlineData(8, 8)]
    [InlineData(4, 4)]
    public void An_encoder_is_quantised_and_judged_by_its_features(int weights, int activations)
    {
        var metadata = new ModelMetadata { Backbone = "r3d-10", Clips = new ClipPreprocessing(4, 32) };
        var source = TinyVideoNetwork.Encoder with { Model = metadata.WriteTo(TinyVideoNetwork.Encoder.Model) };

        var result = new ZeroShotQuantization(Options(weights, activations)).Run(source);

        Assert.Equal(NetworkTask.Features, result.Task);
        Assert.True(KernelReport.Of(result.Onnx).AllConvolutionsInteger, string.Join(", ", result.Kernels));
        Assert.InRange(result.Evaluations[0].Agreement, weights == 8 ? 0.99 : 0.5, 1);
        Assert.InRange(result.Evaluations[0].SimulationVersusRuntime, 0.999, 1.000001);
        Assert.Empty(result.Confidences);
        using var session = OnnxSession.Open(result.Onnx);
        Assert.Equal("features", session.Outputs.Single().Name);
        Assert.Equal(("r3d-10", "4"), (session.Metadata["tacit.encoder.backbone"], session.Metadata["tacit.clip.frames"]));
    }

    [Fact]
    public void Eight_bits_hardly_turn_an_encoders_features_even_without_prototypes()
    {
        var options = Options(8, 8);

        var result = new ZeroShotQuantization(options with { Synthesis = options.Synthesis! with { InceptionWeight = 0 } }).Run(
            TinyVideoNetwork.Encoder
        );

        Assert.All(result.Samples!.Labels, label => Assert.Equal(-1, label));
        Assert.InRange(result.Evaluations[0].Agreement, 0.99, 1);
    }

    [Theory]
    [InlineData(NetworkTask.Classes, 1e-3)]
    [InlineData(NetworkTask.Features, 1e-4)]
    public void An_encoder_is_trained_with_smaller_steps(NetworkTask task, double rate) =>
        Assert.Equal(rate, QuantizationOptions.Of(QuantizationPreset.Fast, new BitWidths(), 0, task).FineTuning.LearningRate);

    [Fact]
    public void Clips_are_learnt_from_beside_synthetic_samples()
    {
        var clips = new CalibrationData(TinyVideoNetwork.Clips(TinyVideoNetwork.Encoder, 8), "clips");

        var result = new ZeroShotQuantization(Options(4, 4)).Run(TinyVideoNetwork.Encoder, images: clips);

        Assert.Equal([("synthetic samples", 8), ("clips", 4)], result.Evaluations.Select(judgement => (judgement.On, judgement.Count)));
        Assert.All(result.Evaluations, judgement => Assert.InRange(judgement.ZeroShot!.Value, 0.3, 1));
    }

    [Theory]
    [InlineData(QuantizationPreset.Fast, 64, 80, 40)]
    [InlineData(QuantizationPreset.Paper, 5120, 1000, 29_400)]
    public void Clips_are_fewer_in_the_preset_that_takes_minutes_alone(QuantizationPreset preset, int samples, int synthesis, int steps)
    {
        var options = QuantizationOptions.Of(preset, new BitWidths(), 0, isVideo: true);

        Assert.Equal((samples, synthesis, steps), (options.Synthesis!.Samples, options.Synthesis.Steps, options.FineTuning.Steps));
    }

    [Fact]
    public void Bits_under_a_size_are_chosen_for_an_encoder_too()
    {
        var options = Options(8, 4) with { Storage = WeightStorage.Packed, MaxBytes = 190_000 };

        var result = new ZeroShotQuantization(options).Run(TinyVideoNetwork.Encoder);

        Assert.InRange(result.BytesAfter, 1, 190_000);
    }

    private static QuantizationOptions Options(int weights, int activations)
    {
        var options = QuantizationOptions.Of(
            QuantizationPreset.Fast,
            new BitWidths { Weights = weights, Activations = activations },
            seed: 1,
            NetworkTask.Features
        );
        return options with
        {
            HeldOut = 0.5,
            Synthesis = options.Synthesis! with { Samples = 16, Steps = 5, LearningRate = 0.2 },
            FineTuning = options.FineTuning with { Steps = 5, BatchSize = 4, WarmUp = 2 },
        };
    }

    private static Model Rounded(QuantizationSource source, TensorData clips)
    {
        var student = new FakeQuantizationInsertion(new BitWidths()).Apply(source.Model);
        var observed = new ActivationObserver(source.Model, student, clips, CPU, default).Apply(RangeEstimator.MinMax);
        return new BiasRounding(WeightStorage.Int8).Apply(observed);
    }

    private static float[] Simulate(Model model, TensorData clips)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        return new GraphModule(model).Run(weights, clips.ToTensor(CPU)).Output.data<float>().ToArray();
    }
}
