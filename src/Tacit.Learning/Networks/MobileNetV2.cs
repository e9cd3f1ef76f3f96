using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>
/// Builds the network of Sandler et al. 2018, "MobileNetV2: Inverted Residuals and Linear Bottlenecks", table 2, at width 1.
/// </summary>
/// <remarks>
/// <para>
/// 17 inverted residual blocks in seven stages: a 1 x 1 convolution that widens (by 6, in the first block by 1), a depth-wise 3 x 3
/// convolution, and a 1 x 1 convolution without an activation function. The others have ReLU6. The mean of 1,280 channels goes to the
/// classifier.
/// </para>
/// <para>
/// Weights have the names of torchvision's checkpoints (mobilenet_v2). The dropout before the last layer, which only acts in training, is
/// omitted.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// Model network = MobileNetV2.Build(); // input "input" N x 3 x 224 x 224, output "logits" N x 1000
/// </code>
/// </example>
public static class MobileNetV2
{
    /// <summary>Table 2: the expansion t, the output channels c, the number of blocks n and the stride s of the first block.</summary>
    private static readonly (int Expansion, int Outputs, int Count, int Stride)[] Stages =
    [
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ];

    /// <summary>Builds the network with random weights.</summary>
    /// <param name="classes">The number of classes, at least 1. Default 1,000, as in ImageNet.</param>
    /// <param name="size">The height and width of the images in pixels, at least 32. Default 224.</param>
    /// <param name="seed">The seed of the weights. Default 0.</param>
    /// <returns>The network: input "input" N x 3 x size x size, output "logits" N x classes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public static Model Build(int classes = 1000, int size = 224, ulong seed = 0)
    {
        var layers = new LayerBuilder("mobilenetv2", seed);
        var value = layers.Images(size, least: 32);
        var channels = 32;
        value = layers.Relu6("features.0.2", layers.ConvNorm("features.0.0", "features.0.1", value, 3, channels, kernel: 3, stride: 2));
        var index = 1;
        foreach (var (expansion, outputs, count, stride) in Stages)
        {
            for (var block = 0; block < count; block++)
            {
                value = Block(layers, $"features.{index}", value, channels, expansion * channels, outputs, block == 0 ? stride : 1);
                channels = outputs;
                index++;
            }
        }

        value = layers.ConvNorm($"features.{index}.0", $"features.{index}.1", value, channels, 1280, kernel: 1);
        value = layers.Relu6($"features.{index}.2", value);
        return layers.Classifier("classifier.1", layers.Features(value), 1280, classes);
    }

    private static string Block(LayerBuilder layers, string name, string input, int inputs, int hidden, int outputs, int stride)
    {
        var (value, index) = (input, 0);
        if (hidden != inputs)
        {
            value = layers.Relu6(
                $"{name}.conv.0.2",
                layers.ConvNorm($"{name}.conv.0.0", $"{name}.conv.0.1", value, inputs, hidden, kernel: 1)
            );
            index++;
        }

        var depthwise = $"{name}.conv.{index}";
        value = layers.ConvNorm($"{depthwise}.0", $"{depthwise}.1", value, hidden, hidden, kernel: 3, stride, groups: hidden);
        value = layers.Relu6($"{depthwise}.2", value);
        value = layers.ConvNorm($"{name}.conv.{index + 1}", $"{name}.conv.{index + 2}", value, hidden, outputs, kernel: 1);
        return stride == 1 && inputs == outputs ? layers.Graph.Add("Add", [input, value], name: $"{name}.add") : value;
    }
}
