using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>How a shortcut of a residual network gets to more channels and half the size.</summary>
public enum ShortcutKind
{
    /// <summary>Every second pixel, and channels of zeros on both sides: no weights (option A of He et al. 2016).</summary>
    Padding,

    /// <summary>A 1x1 convolution of stride 2 and a batch norm (option B).</summary>
    Projection,
}

/// <summary>The residual networks for 32x32 images of He et al. 2016, "Deep Residual Learning", section 4.2.</summary>
/// <remarks>
/// A convolution, three stages of n blocks with w, 2w and 4w channels, global average pooling and a linear layer: 6n + 2 layers.
/// Weights are drawn as in He et al. 2015 (normal, variance 2 / inputs); batch norms start at scale 1 and shift 0.
/// </remarks>
/// <example><code>
/// Model network = ResNetCifar.Build(depth: 20, classes: 10, seed: 1); // input "input" N x 3 x 32 x 32, output "logits" N x 10
/// </code></example>
public static class ResNetCifar
{
    private const int StageCount = 3;
    private const int LayersPerBlockOfAllStages = 2 * StageCount;

    /// <summary>Builds a network with random weights.</summary>
    /// <param name="depth">The number of layers, 6n + 2: 8, 20, 32, 44, 56, 110.</param>
    /// <param name="classes">The number of classes.</param>
    /// <param name="width">The channels of the first stage; 16 in the paper.</param>
    /// <param name="shortcut">How shortcuts get to more channels; padding in the paper.</param>
    /// <param name="seed">The seed of the weights.</param>
    /// <param name="size">The height and width of the images in pixels; 32 in the paper.</param>
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
