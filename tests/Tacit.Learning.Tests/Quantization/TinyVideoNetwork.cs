using Tacit.Graphs;
using Tacit.Learning.Execution;
using Tacit.Learning.Networks;
using Tacit.Learning.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Quantization;

/// <summary>Networks on clips whose batch norms have seen data.</summary>
internal static class TinyVideoNetwork
{
    /// <summary>An R3D-10 of width 1/8, on 4 frames of 32 x 32 pixels, with 64 features.</summary>
    public static QuantizationSource Encoder { get; } =
        Trained(VideoZoo.Find("r3d-10")!.BuildEncoder(frames: 4, size: 32, width: 0.125, seed: 3));

    /// <summary>One convolution with its batch norm and rectifier, and the mean of each of its channels.</summary>
    public static QuantizationSource OneLayer(int channels, long[] kernel, long[] strides, long[] pads)
    {
        var builder = new GraphBuilder("layer");
        var value = builder.Input("clip", new("N", channels, 6, 18, 18));
        var weight = NoiseImages.Of(16, [channels, kernel[0], Math.Max(2, kernel[1]), Math.Max(2, kernel[2])], 5).As<float>().ToArray()[
            ..(int)(16 * channels * kernel[0] * kernel[1] * kernel[2])
        ];
        value = builder.Add(
            "Conv",
            [value, builder.Initializer("weight", TensorData.Of<float>(weight, [16, channels, .. kernel]))],
            Attributes.None.With("kernel_shape", [.. kernel]).With("strides", [.. strides]).With("pads", [.. pads, .. pads]),
            "conv"
        );
        value = builder.Add(
            "BatchNormalization",
            [
                value,
                Filled("gamma", 1),
                Filled("beta", 0.1f),
                Filled("mean", 0, WeightRole.Statistic),
                Filled("variance", 1, WeightRole.Statistic),
            ],
            name: "norm"
        );
        value = builder.Add("GlobalAveragePool", [builder.Add("Relu", [value], name: "relu")], name: "pool");
        builder.Output(builder.Add("Flatten", [value], name: "features"), new("N", 16));
        return Trained(builder.Build());

        string Filled(string name, float number, WeightRole role = WeightRole.Parameter) =>
            builder.Initializer(name, TensorData.Of<float>([.. Enumerable.Repeat(number, 16)]), role);
    }

    /// <summary>Clips with the spectrum of natural images, of the input size of a network.</summary>
    public static TensorData Clips(QuantizationSource source, int count, ulong seed = 9) =>
        NoiseImages.Of(count, [.. source.Model.Graph.Inputs[0].Type.Shape.Skip(1).Select(size => size.Size)], seed);

    private static QuantizationSource Trained(Model model)
    {
        using var scope = NewDisposeScope();
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        using var gradients = no_grad();
        var module = new GraphModule(model);
        var sizes = model.Graph.Inputs[0].Type.Shape.Skip(1).Select(size => size.Size).ToArray();
        for (var step = 0UL; step < 12; step++)
        {
            using var one = NewDisposeScope();
            module.Run(weights, NoiseImages.Of(8, sizes, step).ToTensor(CPU), ExecutionMode.Train);
        }

        var trained = weights.ToModel();
        return QuantizationSource.Of(trained);
    }
}
