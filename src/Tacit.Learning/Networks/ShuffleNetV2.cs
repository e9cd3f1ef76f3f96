using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>Specifies the width of ShuffleNetV2.</summary>
public enum ShuffleNetV2Width
{
    /// <summary>0.5x: 48, 96 and 192 channels in the three stages; 1.4 M parameters.</summary>
    Half,

    /// <summary>1x: 116, 232 and 464 channels in the three stages; 2.3 M parameters.</summary>
    Full,
}

/// <summary>
/// Builds the networks of Ma et al. 2018, "ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design", table 5.
/// </summary>
/// <remarks>
/// <para>
/// In a block of stride 1, half of the channels pass unchanged, and the other half goes through a 1 x 1, a depth-wise 3 x 3 and a 1 x 1
/// convolution. The halves are concatenated and interleaved (channel shuffle): (N, 2, C/2, H, W) becomes (N, C/2, 2, H, W). In a block of
/// stride 2, both branches read all channels.
/// </para>
/// <para>Weights have the names of torchvision's checkpoints (shufflenet_v2_x0_5, shufflenet_v2_x1_0).</para>
/// </remarks>
/// <example>
/// <code>
/// Model network = ShuffleNetV2.Build(ShuffleNetV2Width.Half); // input "input" N x 3 x 224 x 224, output "logits" N x 1000
/// </code>
/// </example>
public static class ShuffleNetV2
{
    private const int FirstOutputs = 24;
    private const int LastOutputs = 1024;

    /// <summary>Builds a network with random weights.</summary>
    /// <param name="width">The numbers of channels.</param>
    /// <param name="classes">The number of classes, at least 1. Default 1,000, as in ImageNet.</param>
    /// <param name="size">The height and width of the images in pixels, at least 32. Default 224.</param>
    /// <param name="seed">The seed of the weights. Default 0.</param>
    /// <returns>The network: input "input" N x 3 x size x size, output "logits" N x classes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public static Model Build(ShuffleNetV2Width width, int classes = 1000, int size = 224, ulong seed = 0)
    {
        var (name, firstWidth) = width == ShuffleNetV2Width.Half ? ("shufflenetv2-x0.5", 48) : ("shufflenetv2-x1.0", 116);
        var layers = new LayerBuilder(name, seed);
        var value = layers.Images(size, least: 32);
        value = layers.Relu("conv1.2", layers.ConvNorm("conv1.0", "conv1.1", value, 3, FirstOutputs, kernel: 3, stride: 2));
        value = layers.MaxPool("maxpool", value, kernel: 3, stride: 2, pad: 1);
        var (channels, outputs, pixels) = (FirstOutputs, firstWidth, Halved(Halved(size)));
        foreach (var (stage, count) in new[] { (2, 4), (3, 8), (4, 4) })
        {
            pixels = Halved(pixels);
            value = Halving(layers, $"stage{stage}.0", value, channels, outputs / 2, pixels);
            for (var block = 1; block < count; block++)
            {
                value = Keeping(layers, $"stage{stage}.{block}", value, outputs / 2, pixels);
            }

            (channels, outputs) = (outputs, 2 * outputs);
        }

        value = layers.Relu("conv5.2", layers.ConvNorm("conv5.0", "conv5.1", value, channels, LastOutputs, kernel: 1));
        return layers.Classifier("fc", layers.Features(value), LastOutputs, classes);
    }

    /// <summary>Adds a block of stride 1, in which half of the channels pass unchanged.</summary>
    private static string Keeping(LayerBuilder layers, string name, string input, int half, int pixels)
    {
        string[] halves = [layers.Graph.Unique($"{name}.split.0"), layers.Graph.Unique($"{name}.split.1")];
        var sizes = layers.Graph.Constant($"{name}.split.sizes", half, half);
        layers.Graph.Add(new Node($"{name}.split", "Split", [input, sizes], [.. halves], Attributes.None.With("axis", 1)));
        return Shuffled(layers, name, halves[0], Branch2(layers, name, halves[1], half, half, stride: 1), half, pixels);
    }

    /// <summary>Adds a block of stride 2, in which both branches read all channels.</summary>
    private static string Halving(LayerBuilder layers, string name, string input, int inputs, int half, int pixels)
    {
        var first = layers.ConvNorm($"{name}.branch1.0", $"{name}.branch1.1", input, inputs, inputs, kernel: 3, stride: 2, groups: inputs);
        first = layers.ConvNorm($"{name}.branch1.2", $"{name}.branch1.3", first, inputs, half, kernel: 1);
        first = layers.Relu($"{name}.branch1.4", first);
        return Shuffled(layers, name, first, Branch2(layers, name, input, inputs, half, stride: 2), half, pixels);
    }

    private static string Branch2(LayerBuilder layers, string name, string input, int inputs, int half, int stride)
    {
        name += ".branch2";
        var value = layers.Relu($"{name}.2", layers.ConvNorm($"{name}.0", $"{name}.1", input, inputs, half, kernel: 1));
        value = layers.ConvNorm($"{name}.3", $"{name}.4", value, half, half, kernel: 3, stride, groups: half);
        return layers.Relu($"{name}.7", layers.ConvNorm($"{name}.5", $"{name}.6", value, half, half, kernel: 1));
    }

    /// <summary>Interleaves the channels of two halves: (N, 2, C/2, H, W) → (N, C/2, 2, H, W) → (N, C, H, W).</summary>
    private static string Shuffled(LayerBuilder layers, string name, string first, string second, int half, int pixels)
    {
        var graph = layers.Graph;
        var value = graph.Add("Concat", [first, second], Attributes.None.With("axis", 1), $"{name}.concat");
        value = graph.Add("Reshape", [value, graph.Constant($"{name}.halves", 0, 2, half, pixels, pixels)], name: $"{name}.paired");
        value = graph.Add("Transpose", [value], Attributes.None.With("perm", [0, 2, 1, 3, 4]), $"{name}.turned");
        return graph.Add("Reshape", [value, graph.Constant($"{name}.whole", 0, 2 * half, pixels, pixels)], name: $"{name}.shuffled");
    }

    private static int Halved(int size) => (size + 1) / 2;
}
