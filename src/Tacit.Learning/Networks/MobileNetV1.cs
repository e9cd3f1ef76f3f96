using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>The network of Howard et al. 2017, "MobileNets", table 1, of width 1.</summary>
/// <remarks>
/// torchvision has none. Weights are named as in the checkpoints of marvis/pytorch-mobilenet, from which most others descend:
/// "model.{layer}" with the depthwise convolution at 0, its batch norm at 1, the pointwise convolution at 3, its batch norm at
/// 4, and "fc". As there, the activation is a plain ReLU.
/// </remarks>
/// <example><code>
/// Model network = MobileNetV1.Build(); // input "input" N x 3 x 224 x 224, output "logits" N x 1000
/// </code></example>
public static class MobileNetV1
{
    // The outputs and the stride of each depthwise separable convolution.
    private static readonly (int Outputs, int Stride)[] Separable =
    [
        (64, 1),
        (128, 2),
        (128, 1),
        (256, 2),
        (256, 1),
        (512, 2),
        (512, 1),
        (512, 1),
        (512, 1),
        (512, 1),
        (512, 1),
        (1024, 2),
        (1024, 1),
    ];

    /// <summary>Builds the network with random weights.</summary>
    /// <param name="classes">The number of classes.</param>
    /// <param name="size">The height and width of the images in pixels, at least 32.</param>
    /// <param name="seed">The seed of the weights.</param>
    /// <returns>The network: input "input" N x 3 x size x size, output "logits" N x classes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public static Model Build(int classes = 1000, int size = 224, ulong seed = 0)
    {
        var layers = new LayerBuilder("mobilenetv1", seed);
        var value = layers.Images(size, least: 32);
        var channels = 32;
        value = layers.Relu("model.0.2", layers.ConvNorm("model.0.0", "model.0.1", value, 3, channels, kernel: 3, stride: 2));
        foreach (var (index, (outputs, stride)) in Separable.Index())
        {
            var name = $"model.{index + 1}";
            value = layers.ConvNorm($"{name}.0", $"{name}.1", value, channels, channels, kernel: 3, stride, groups: channels);
            value = layers.Relu($"{name}.2", value);
            value = layers.Relu($"{name}.5", layers.ConvNorm($"{name}.3", $"{name}.4", value, channels, outputs, kernel: 1));
            channels = outputs;
        }

        return layers.Classifier("fc", layers.Features(value), channels, classes);
    }
}
