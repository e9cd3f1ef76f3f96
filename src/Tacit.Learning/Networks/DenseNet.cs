using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>Builds DenseNet-121 of Huang et al. 2017, "Densely Connected Convolutional Networks", table 1 (growth rate 32).</summary>
/// <remarks>
/// <para>
/// Four dense blocks of 6, 12, 24 and 16 layers. A layer is BN → ReLU → 1 x 1 convolution to 128 channels → BN → ReLU → 3 x 3 convolution
/// to 32 channels, which are concatenated with its input. A transition between blocks halves channels, height and width.
/// </para>
/// <para>Weights have the names of torchvision's model (densenet121).</para>
/// </remarks>
/// <example>
/// <code>
/// Model network = DenseNet.Build(); // input "input" N x 3 x 224 x 224, output "logits" N x 1000
/// </code>
/// </example>
public static class DenseNet
{
    private const int Growth = 32;
    private const int Bottleneck = 4 * Growth;

    private static readonly int[] Blocks = [6, 12, 24, 16];

    /// <summary>Builds the network with random weights.</summary>
    /// <param name="classes">The number of classes, at least 1. Default 1,000, as in ImageNet.</param>
    /// <param name="size">The height and width of the images in pixels, at least 32. Default 224.</param>
    /// <param name="seed">The seed of the weights. Default 0.</param>
    /// <returns>The network: input "input" N x 3 x size x size, output "logits" N x classes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public static Model Build(int classes = 1000, int size = 224, ulong seed = 0)
    {
        var layers = new LayerBuilder("densenet121", seed);
        var value = layers.Images(size, least: 32);
        var channels = 2 * Growth;
        value = layers.ConvNorm("features.conv0", "features.norm0", value, 3, channels, kernel: 7, stride: 2);
        value = layers.MaxPool("features.pool0", layers.Relu("features.relu0", value), kernel: 3, stride: 2, pad: 1);
        foreach (var (block, count) in Blocks.Index())
        {
            if (block > 0)
            {
                value = Transition(layers, $"features.transition{block}", value, channels);
                channels /= 2;
            }

            List<string> parts = [value];
            for (var layer = 1; layer <= count; layer++)
            {
                var name = $"features.denseblock{block + 1}.denselayer{layer}";
                parts.Add(Layer(layers, name, value, channels));
                value = layers.Graph.Add("Concat", [.. parts], Attributes.None.With("axis", 1), $"{name}.concat");
                channels += Growth;
            }
        }

        value = layers.Relu("features.relu5", layers.Norm("features.norm5", value, channels));
        return layers.Classifier("classifier", layers.Features(value), channels, classes);
    }

    private static string Layer(LayerBuilder layers, string name, string input, int inputs)
    {
        var value = layers.Relu($"{name}.relu1", layers.Norm($"{name}.norm1", input, inputs));
        value = layers.Relu($"{name}.relu2", layers.ConvNorm($"{name}.conv1", $"{name}.norm2", value, inputs, Bottleneck, kernel: 1));
        return layers.Conv($"{name}.conv2", value, Bottleneck, Growth, kernel: 3);
    }

    private static string Transition(LayerBuilder layers, string name, string input, int inputs)
    {
        var value = layers.Relu($"{name}.relu", layers.Norm($"{name}.norm", input, inputs));
        return layers.AveragePool($"{name}.pool", layers.Conv($"{name}.conv", value, inputs, inputs / 2, kernel: 1), kernel: 2);
    }
}
