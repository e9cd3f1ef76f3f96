using System.Collections.Immutable;
using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>Builds the residual networks for ImageNet of He et al. 2016, "Deep Residual Learning", table 1.</summary>
/// <remarks>
/// <list type="bullet">
/// <item>conv1: 7 x 7, stride 2, 64 channels, then a max pool 3 x 3 of stride 2: (N, 64, S/4, S/4)</item>
/// <item>layer1 to layer4: 64, 128, 256 and 512 channels (with bottlenecks four times as many) at S/4, S/8, S/16 and S/32</item>
/// <item>the mean over all positions, and the linear layer "fc"</item>
/// </list>
/// <para>
/// 18 and 34 layers have basic blocks of two 3 x 3 convolutions, 50 layers bottleneck blocks of 1 x 1, 3 x 3 and 1 x 1. Shortcuts that
/// change the shape are projections (option B).
/// </para>
/// <para>
/// Weights have the names of torchvision's checkpoints (resnet18, resnet34, resnet50). As there, a bottleneck block has its stride in the 3
/// x 3 convolution. In the paper, it is in the 1 x 1 convolution before.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// Model network = ResNet.Build(depth: 18); // input "input" N x 3 x 224 x 224, output "logits" N x 1000
/// </code>
/// </example>
public static class ResNet
{
    private const int BottleneckExpansion = 4;

    /// <summary>Builds a network with random weights.</summary>
    /// <param name="depth">The number of layers: 18, 34 or 50.</param>
    /// <param name="classes">The number of classes, at least 1. Default 1,000, as in ImageNet.</param>
    /// <param name="size">The height and width of the images in pixels, at least 32. Default 224.</param>
    /// <param name="seed">The seed of the weights. Default 0.</param>
    /// <returns>The network: input "input" N x 3 x size x size, output "logits" N x classes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">No network has this depth, or a number is too small.</exception>
    public static Model Build(int depth, int classes = 1000, int size = 224, ulong seed = 0)
    {
        (bool Bottleneck, ImmutableArray<int> Blocks) form = depth switch
        {
            18 => (false, [2, 2, 2, 2]),
            34 => (false, [3, 4, 6, 3]),
            50 => (true, [3, 4, 6, 3]),
            _ => throw new ArgumentOutOfRangeException(nameof(depth), depth, "must be 18, 34 or 50"),
        };
        var layers = new LayerBuilder($"resnet{depth}", seed);
        var value = layers.Images(size, least: 32);
        value = layers.Relu("relu", layers.ConvNorm("conv1", "bn1", value, 3, 64, kernel: 7, stride: 2));
        value = layers.MaxPool("maxpool", value, kernel: 3, stride: 2, pad: 1);
        var channels = 64;
        for (var stage = 0; stage < form.Blocks.Length; stage++)
        {
            var width = 64 << stage;
            var outputs = form.Bottleneck ? width * BottleneckExpansion : width;
            for (var block = 0; block < form.Blocks[stage]; block++)
            {
                var stride = block == 0 && stage > 0 ? 2 : 1;
                var name = $"layer{stage + 1}.{block}";
                var body = form.Bottleneck
                    ? BottleneckBody(layers, name, value, channels, width, stride)
                    : BasicBody(layers, name, value, channels, width, stride);
                var side =
                    stride == 1 && channels == outputs
                        ? value
                        : layers.ConvNorm($"{name}.downsample.0", $"{name}.downsample.1", value, channels, outputs, kernel: 1, stride);
                value = layers.Relu($"{name}.relu", layers.Graph.Add("Add", [body, side], name: $"{name}.add"));
                channels = outputs;
            }
        }

        return layers.Classifier("fc", layers.Features(value), channels, classes);
    }

    private static string BasicBody(LayerBuilder layers, string name, string input, int inputs, int width, int stride)
    {
        var value = layers.ConvNorm($"{name}.conv1", $"{name}.bn1", input, inputs, width, kernel: 3, stride);
        value = layers.Relu($"{name}.relu1", value);
        return layers.ConvNorm($"{name}.conv2", $"{name}.bn2", value, width, width, kernel: 3);
    }

    private static string BottleneckBody(LayerBuilder layers, string name, string input, int inputs, int width, int stride)
    {
        var value = layers.ConvNorm($"{name}.conv1", $"{name}.bn1", input, inputs, width, kernel: 1);
        value = layers.Relu($"{name}.relu1", value);
        value = layers.ConvNorm($"{name}.conv2", $"{name}.bn2", value, width, width, kernel: 3, stride);
        value = layers.Relu($"{name}.relu2", value);
        return layers.ConvNorm($"{name}.conv3", $"{name}.bn3", value, width, width * BottleneckExpansion, kernel: 1);
    }
}
