using Tacit.Graphs;
using Tacit.Learning.Execution;
using Tacit.Learning.Networks;
using Tacit.Learning.Quantization;
using TorchSharp;
using static TorchSharp.torch;

namespace Tacit.Learning.Tests.Quantization;

/// <summary>A narrow ResNet-8 whose batch norms have seen data, so that it has statistics to synthesise from.</summary>
internal static class TinyClassifier
{
    public static QuantizationSource Source { get; } = Build(width: 4);

    /// <summary>The same, wide enough for packing to reduce the size of its weights.</summary>
    public static QuantizationSource Wide { get; } = Build(width: 12);

    private static QuantizationSource Build(int width)
    {
        using var scope = NewDisposeScope();
        var model = ResNetCifar.Build(8, 10, width, seed: 5);
        using var weights = TorchWeights.From(model, CPU, trainable: false);
        using var gradients = no_grad();
        using var generator = new Generator(7);
        var module = new GraphModule(model);
        for (var i = 0; i < 20; i++)
        {
            using var step = NewDisposeScope();
            var images = nn.functional.interpolate(
                randn([16, 3, 8, 8], generator: generator),
                size: [32, 32],
                mode: InterpolationMode.Bilinear,
                align_corners: false
            );
            module.Run(weights, images, ExecutionMode.Train);
        }

        var trained = weights.ToModel();
        return QuantizationSource.Of(trained);
    }
}
