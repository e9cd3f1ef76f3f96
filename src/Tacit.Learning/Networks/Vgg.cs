using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>Builds the networks of Simonyan and Zisserman 2015, "Very Deep Convolutional Networks", table 1, with batch norms.</summary>
/// <remarks>
/// <para>
/// Five stages of 3 x 3 convolutions with 64, 128, 256, 512 and 512 channels, each stage followed by a 2 x 2 max pool. Then two linear
/// layers of 4,096 outputs and the classifier. At 224 pixels, the first linear layer has 25,088 inputs and most of the 133 to 144 M
/// parameters.
/// </para>
/// <para>
/// Weights have the names of torchvision's checkpoints (vgg11_bn to vgg19_bn), and at 224 pixels their shapes. Dropout, which only acts in
/// training, is omitted.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// Model network = Vgg.Build(depth: 16); // input "input" N x 3 x 224 x 224, output "logits" N x 1000
/// </code>
/// </example>
public static class Vgg
{
    private const int Reduction = 32;
    private const int Hidden = 4096;

    /// <summary>Builds a network with random weights.</summary>
    /// <param name="depth">The number of layers: 11 (A in the paper), 13 (B), 16 (D) or 19 (E).</param>
    /// <param name="classes">The number of classes, at least 1. Default 1,000, as in ImageNet.</param>
    /// <param name="size">The height and width of the images in pixels, a multiple of 32. Default 224.</param>
    /// <param name="seed">The seed of the weights. Default 0.</param>
    /// <returns>The network: input "input" N x 3 x size x size, output "logits" N x classes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">
    /// No network has this depth, the size is not a multiple of 32, or a number is too small.
    /// </exception>
    public static Model Build(int depth, int classes = 1000, int size = 224, ulong seed = 0)
    {
        int[] counts = depth switch
        {
            11 => [1, 1, 2, 2, 2],
            13 => [2, 2, 2, 2, 2],
            16 => [2, 2, 3, 3, 3],
            19 => [2, 2, 4, 4, 4],
            _ => throw new ArgumentOutOfRangeException(nameof(depth), depth, "must be 11, 13, 16 or 19"),
        };
        if (size % Reduction != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(size), size, "must be a multiple of 32");
        }

        var layers = new LayerBuilder($"vgg{depth}", seed);
        var value = layers.Images(size, least: Reduction);
        var (channels, index) = (3, 0);
        foreach (var (stage, count) in counts.Index())
        {
            var outputs = Math.Min(64 << stage, 512);
            for (var i = 0; i < count; i++)
            {
                value = layers.Conv($"features.{index}", value, channels, outputs, kernel: 3, bias: true);
                value = layers.Relu($"features.{index + 2}", layers.Norm($"features.{index + 1}", value, outputs));
                channels = outputs;
                index += 3;
            }

            value = layers.MaxPool($"features.{index++}", value, kernel: 2, stride: 2, pad: 0);
        }

        var inputs = channels * (size / Reduction) * (size / Reduction);
        value = layers.Graph.Add("Flatten", [value], Attributes.None.With("axis", 1), "flatten");
        value = layers.Relu("classifier.1", layers.Linear("classifier.0", "classifier.0", value, inputs, Hidden));
        value = layers.Relu("classifier.4", layers.Linear("classifier.3", "classifier.3", value, Hidden, Hidden));
        return layers.Classifier("classifier.6", value, Hidden, classes);
    }
}
