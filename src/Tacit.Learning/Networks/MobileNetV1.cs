using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>Builds the network of Howard et al. 2017, "MobileNets", table 1, at width 1.</summary>
/// <remarks>
/// <para>
/// A 3 x 3 convolution of stride 2 and 13 depth-wise separable convolutions, each of a depth-wise 3 x 3 and a 1 x 1 convolution with a
/// batch norm and a ReLU after both. The mean of 1,024 channels goes to the classifier.
/// </para>
/// <para>
/// torchvision does not have this network. Weights have the names of marvis/pytorch-mobilenet, from which most other checkpoints descend:
/// "model.{layer}.0" for the depth-wise convolution, ".1" for its batch norm, ".3" for the 1 x 1 convolution, ".4" for its batch norm, and
/// "fc". As there, the activation function is a plain ReLU.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// Model network = MobileNetV1.Build(); // input "input" N x 3 x 224 x 224, output "logits" N x 1000
/// </code>
/// </example>
public static class MobileNetV1
{
    /// <summary>The output channels and the stride of each depth-wise separable convolution (table 1).</summary>
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
    /// <param name="classes">The number of classes, at least 1. Default 1,000, as in ImageNet.</param>
    /// <param name="size">The height and width of the images in pixels, at least 32. Default 224.</param>
    /// <param name="seed">The seed of the weights. Default 0.</param>
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
