using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>Specifies how a shortcut of a residual network changes the number of channels and halves the size.</summary>
public enum ShortcutKind
{
    /// <summary>
    /// Takes every second pixel and pads the channels with zeros on both sides. It has no weights (option A of He et al. 2016).
    /// </summary>
    Padding,

    /// <summary>A 1 x 1 convolution of stride 2 and a batch norm (option B).</summary>
    Projection,
}

/// <summary>Builds the residual networks for 32 x 32 images of He et al. 2016, "Deep Residual Learning", section 4.2.</summary>
/// <remarks>
/// A 3 x 3 convolution, three stages of n blocks with w, 2w and 4w channels at S, S/2 and S/4, the mean over all positions, and a linear
/// layer. A block has two 3 x 3 convolutions. The network has 6n + 2 layers in total. ResNet-20 (n = 3, w = 16) has 0.27 M parameters. See
/// <see cref="InitialWeights"/> for the distributions of the weights.
/// </remarks>
/// <example>
/// <code>
/// Model network = ResNetCifar.Build(depth: 20, classes: 10, seed: 1); // input "input" N x 3 x 32 x 32, output "logits" N x 10
/// </code>
/// </example>
public static class ResNetCifar
{
    private const int StageCount = 3;
    private const int LayersPerBlockOfAllStages = 2 * StageCount;

    /// <summary>Builds a network with random weights.</summary>
    /// <param name="depth">The number of layers, 6n + 2: 8, 20, 32, 44, 56, 110. The smallest is 8.</param>
    /// <param name="classes">The number of classes, at least 1.</param>
    /// <param name="width">The number of channels of the first stage. Default 16, as in the paper.</param>
    /// <param name="shortcut">The kind of shortcuts that change the shape. Default padding, as in the paper.</param>
    /// <param name="seed">The seed of the weights. Default 0.</param>
    /// <param name="size">The height and width of the images in pixels. Default 32, as in the paper.</param>
    /// <returns>The network: input "input" N x 3 x size x size, output "logits" N x classes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The depth is not 6n + 2, or a number is not positive.</exception>
    public static Model Build(
        int depth,
        int classes,
        int width = 16,
        ShortcutKind shortcut = ShortcutKind.Padding,
        ulong seed = 0,
        int size = 32
    )
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        if (depth < 8 || (depth - 2) % LayersPerBlockOfAllStages != 0)
        {
            throw new ArgumentOutOfRangeException(nameof(depth), depth, "must be 6n + 2: 8, 20, 32, 44, 56, 110");
        }

        var layers = new LayerBuilder($"resnet{depth}", seed);
        var value = layers.Images(size, least: 1);
        value = layers.Relu("relu", layers.ConvNorm("conv1", "bn1", value, 3, width, kernel: 3));
        var channels = width;
        for (var stage = 0; stage < StageCount; stage++)
        {
            for (var block = 0; block < (depth - 2) / LayersPerBlockOfAllStages; block++)
            {
                var outputs = width << stage;
                value = Block(layers, $"layer{stage + 1}.{block}", value, channels, outputs, shortcut);
                channels = outputs;
            }
        }

        return layers.Classifier("linear", layers.Features(value), channels, classes);
    }

    private static string Block(LayerBuilder layers, string name, string input, int inputs, int outputs, ShortcutKind shortcut)
    {
        var stride = inputs == outputs ? 1 : 2;
        var body = layers.ConvNorm($"{name}.conv1", $"{name}.bn1", input, inputs, outputs, kernel: 3, stride);
        body = layers.Relu($"{name}.relu1", body);
        body = layers.ConvNorm($"{name}.conv2", $"{name}.bn2", body, outputs, outputs, kernel: 3);
        var side = (stride, shortcut) switch
        {
            (1, _) => input,
            (_, ShortcutKind.Projection) => layers.ConvNorm(
                $"{name}.shortcut.0",
                $"{name}.shortcut.1",
                input,
                inputs,
                outputs,
                kernel: 1,
                stride
            ),
            _ => PaddingShortcut(layers.Graph, name, input, outputs - inputs),
        };
        return layers.Relu($"{name}.relu2", layers.Graph.Add("Add", [body, side], name: $"{name}.add"));
    }

    private static string PaddingShortcut(GraphBuilder graph, string name, string input, int added)
    {
        var sliced = graph.Add(
            "Slice",
            [
                input,
                graph.Constant($"{name}.shortcut.starts", 0, 0),
                graph.Constant($"{name}.shortcut.ends", int.MaxValue, int.MaxValue),
                graph.Constant($"{name}.shortcut.axes", 2, 3),
                graph.Constant($"{name}.shortcut.steps", 2, 2),
            ],
            name: $"{name}.shortcut.slice"
        );
        var pads = graph.Constant($"{name}.shortcut.pads", 0, added / 2, 0, 0, 0, added - added / 2, 0, 0);
        return graph.Add("Pad", [sliced, pads], Attributes.None.With("mode", "constant"), $"{name}.shortcut.pad");
    }
}
