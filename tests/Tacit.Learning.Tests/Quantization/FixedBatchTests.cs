using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Graphs.Passes.Quantization;
using Tacit.Inference.Metrics;
using Tacit.Inference.Sessions;
using Tacit.Learning.Networks;
using Tacit.Learning.Quantization;
using Tacit.Learning.Runs;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Quantization;

/// <summary>Tests the quantisation of networks with a fixed batch size.</summary>
[NoTensorLeaks]
public sealed class FixedBatchTests
{
    private static readonly QuantizationOptions Options = QuantizationOptions.Of(QuantizationPreset.Fast, new BitWidths(), seed: 1) with
    {
        Synthesis = null,
        AllowRounding = true,
    };

    [Theory]
    [InlineData(1, "N")]
    [InlineData(3, "3")]
    public void The_file_stays_the_network_and_keeps_its_batch_if_the_constants_of_its_samples_differ(long batch, string first)
    {
        var path = Path.GetTempFileName();
        try
        {
            OnnxWriter.Write(WithConstantChannels(batch), path);
            var source = QuantizationSource.Read(path);

            var result = new ZeroShotQuantization(Options).Run(source);

            Assert.Equal($"{first} x 3 x 8 x 8", $"{OnnxReader.Read(result.Onnx).Graph.Inputs[0].Type.Shape}");
            Assert.InRange(result.Evaluations[0].Decibels, 25, 200);
            using var original = OnnxSession.Open(path);
            using var quantized = OnnxSession.Open(result.Onnx);
            var images = NoiseImages.Of(7, [3, 8, 8], seed: 5).As<float>().ToArray();
            Assert.InRange(SignalToNoise.Decibels(original.Run(images), quantized.Run(images)), 25, 200);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void The_statistics_of_samples_are_those_of_the_whole_batch()
    {
        var synthesis = QuantizationOptions.Of(QuantizationPreset.Fast, new BitWidths(), seed: 1).Synthesis! with
        {
            Samples = 6,
            BatchSize = 6,
            Steps = 3,
        };
        var (open, _) = new Learning.Quantization.Hast.HardSampleSynthesis(synthesis, TinyClassifier.Source.Model).Run(
            CPU,
            new MemoryCheckpoints(),
            null,
            default
        );
        var (parts, _) = new Learning.Quantization.Hast.HardSampleSynthesis(synthesis, At(TinyClassifier.Source.Model, 2)).Run(
            CPU,
            new MemoryCheckpoints(),
            null,
            default
        );

        Assert.InRange(SignalToNoise.Decibels(open.As<float>(), parts.As<float>()), 60, double.PositiveInfinity);
    }

    [Fact]
    public void An_activation_that_is_not_finite_is_refused_before_the_work()
    {
        var builder = new GraphBuilder("infinite");
        var x = builder.Input("x", new("N", 3, 8, 8));
        x = builder.Add(
            "Conv",
            [x, builder.Initializer("w", TensorData.Of<float>([.. Enumerable.Range(0, 9).Select(i => i / 9f)], 3, 3, 1, 1))]
        );
        x = builder.Add(
            "Pad",
            [
                x,
                builder.Constant("pads", 0, 0, 1, 1, 0, 0, 1, 1),
                builder.Initializer("infinity", TensorData.Scalar(float.NegativeInfinity), WeightRole.Constant),
            ],
            name: "padded"
        );
        x = builder.Add(
            "Relu",
            [
                builder.Add(
                    "Conv",
                    [
                        builder.Add("AveragePool", [x], Attributes.None.With("kernel_shape", [3, 3])),
                        builder.Initializer("v", TensorData.Of<float>([1, 2, 3], 1, 3, 1, 1)),
                    ]
                ),
            ]
        );
        builder.Output(builder.Add("ReduceMean", [x], Attributes.None.With("axes", [2, 3]).With("keepdims", 0)), new("N", 1));
        var source = QuantizationSource.Of(builder.Build());

        var error = Assert.Throws<UnsuitableModelException>(() => new ZeroShotQuantization(Options).Check(source));

        Assert.Contains("padded is not finite", error.Message, StringComparison.Ordinal);
    }

    private static Model At(Model model, long batch) =>
        new(
            new Graph(
                model.Graph.Name,
                model.Graph.Inputs.Select(input => input with { Type = input.Type with { Shape = input.Type.Shape.With(0, batch) } }),
                model.Graph.Initializers.Values,
                model.Graph.Nodes,
                model.Graph.Outputs.Select(output => output with { Type = output.Type with { Shape = output.Type.Shape.With(0, batch) } })
            ),
            model.Weights,
            model.Metadata
        );

    // Constant channels next to those of the images, with one row for each sample of the batch.
    private static Model WithConstantChannels(long batch)
    {
        var random = new Random(4);
        var builder = new GraphBuilder("channels");
        var x = builder.Input("x", new(batch, 3, 8, 8));
        x = builder.Add("Relu", [builder.Add("Conv", [x, Noise(5, 3, 3, 3)], Attributes.None.With("pads", [1, 1, 1, 1]))]);
        x = builder.Add("Concat", [x, Noise(batch, 2, 8, 8)], Attributes.None.With("axis", 1));
        x = builder.Add("Relu", [builder.Add("Conv", [x, Noise(6, 7, 3, 3)])]);
        x = builder.Add("Flatten", [builder.Add("GlobalAveragePool", [x])]);
        builder.Output(builder.Add("Gemm", [x, Noise(6, 4)]), new(batch, 4));
        return builder.Build();

        string Noise(params long[] sizes) =>
            builder.Initializer(
                "w",
                TensorData.Of<float>(
                    [.. Enumerable.Range(0, (int)sizes.Aggregate(1L, (a, b) => a * b)).Select(_ => (random.NextSingle() * 2) - 1)],
                    sizes
                )
            );
    }
}
