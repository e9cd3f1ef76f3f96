using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>Specifies a variant of MobileNetV3.</summary>
public enum MobileNetV3Size
{
    /// <summary>MobileNetV3-Small, table 2 of the paper: 2.5 M parameters, 57 M multiply-accumulates.</summary>
    Small,

    /// <summary>MobileNetV3-Large, table 1 of the paper: 5.5 M parameters, 217 M multiply-accumulates.</summary>
    Large,
}

/// <summary>Builds the networks of Howard et al. 2019, "Searching for MobileNetV3", tables 1 and 2, at width 1.</summary>
/// <remarks>
/// <para>
/// Inverted residual blocks (<see cref="InvertedResidual"/>) with ReLU in the first and hard swish in the later ones. Where the tables say
/// so, a block has squeeze-and-excitation with a quarter of its hidden channels, rounded to a multiple of 8, and a hard sigmoid as its
/// gate. Batch norms have the epsilon 1e-3 and the momentum 0.99 (0.01 in PyTorch's definition).
/// </para>
/// <para>
/// Weights have the names of torchvision's checkpoints (mobilenet_v3_small, mobilenet_v3_large). The dropout before the last layer, which
/// only acts in training, is omitted.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// Model network = MobileNetV3.Build(MobileNetV3Size.Small); // input "input" N x 3 x 224 x 224, output "logits" N x 1000
/// </code>
/// </example>
public static class MobileNetV3
{
    private const int FirstOutputs = 16;

    private static readonly Row[] Small =
    [
        new(3, 16, 16, 2, Excites: true),
        new(3, 72, 24, 2),
        new(3, 88, 24, 1),
        new(5, 96, 40, 2, Excites: true, IsHard: true),
        new(5, 240, 40, 1, Excites: true, IsHard: true),
        new(5, 240, 40, 1, Excites: true, IsHard: true),
        new(5, 120, 48, 1, Excites: true, IsHard: true),
        new(5, 144, 48, 1, Excites: true, IsHard: true),
        new(5, 288, 96, 2, Excites: true, IsHard: true),
        new(5, 576, 96, 1, Excites: true, IsHard: true),
        new(5, 576, 96, 1, Excites: true, IsHard: true),
    ];

    private static readonly Row[] Large =
    [
        new(3, 16, 16, 1),
        new(3, 64, 24, 2),
        new(3, 72, 24, 1),
        new(5, 72, 40, 2, Excites: true),
        new(5, 120, 40, 1, Excites: true),
        new(5, 120, 40, 1, Excites: true),
        new(3, 240, 80, 2, IsHard: true),
        new(3, 200, 80, 1, IsHard: true),
        new(3, 184, 80, 1, IsHard: true),
        new(3, 184, 80, 1, IsHard: true),
        new(3, 480, 112, 1, Excites: true, IsHard: true),
        new(3, 672, 112, 1, Excites: true, IsHard: true),
        new(5, 672, 160, 2, Excites: true, IsHard: true),
        new(5, 960, 160, 1, Excites: true, IsHard: true),
        new(5, 960, 160, 1, Excites: true, IsHard: true),
    ];

    /// <summary>Builds a network with random weights.</summary>
    /// <param name="form">The variant.</param>
    /// <param name="classes">The number of classes, at least 1. Default 1,000, as in ImageNet.</param>
    /// <param name="size">The height and width of the images in pixels, at least 32. Default 224.</param>
    /// <param name="seed">The seed of the weights. Default 0.</param>
    /// <returns>The network: input "input" N x 3 x size x size, output "logits" N x classes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public static Model Build(MobileNetV3Size form, int classes = 1000, int size = 224, ulong seed = 0)
    {
        var (name, rows, last) = form == MobileNetV3Size.Small ? ("mobilenetv3-small", Small, 1024) : ("mobilenetv3-large", Large, 1280);
        var layers = new LayerBuilder(name, seed) { Epsilon = 1e-3f, Momentum = 0.99f };
        var value = layers.Images(size, least: 32);
        var channels = FirstOutputs;
        value = layers.HardSwish("features.0.2", layers.ConvNorm("features.0.0", "features.0.1", value, 3, channels, kernel: 3, stride: 2));
        foreach (var (index, row) in rows.Index())
        {
            value = BlockOf(row, layers).AddTo(layers, $"features.{index + 1}", value, channels);
            channels = row.Outputs;
        }

        var end = $"features.{rows.Length + 1}";
        value = layers.HardSwish($"{end}.2", layers.ConvNorm($"{end}.0", $"{end}.1", value, channels, 6 * channels, kernel: 1));
        value = layers.Linear("classifier.0", "classifier.0", layers.Features(value), 6 * channels, last);
        return layers.Classifier("classifier.3", layers.HardSwish("classifier.1", value), last, classes);
    }

    private static InvertedResidual BlockOf(Row row, LayerBuilder layers) =>
        new()
        {
            Kernel = row.Kernel,
            Hidden = row.Hidden,
            Outputs = row.Outputs,
            Stride = row.Stride,
            Activation = row.IsHard ? layers.HardSwish : layers.Relu,
            Excitation = row.Excites
                ? (name, input) =>
                    layers.SqueezeExcitation(name, input, row.Hidden, MultipleOfEight(row.Hidden / 4), layers.Relu, layers.HardSigmoid)
                : null,
        };

    /// <summary>Rounds to the nearest multiple of 8, or to the next one if the nearest is less than 90 % of the number.</summary>
    private static int MultipleOfEight(int channels)
    {
        var rounded = Math.Max(8, (channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }

    /// <summary>A row of the paper's tables: kernel, expansion size, output channels, stride, SE, and whether NL is HS.</summary>
    private sealed record Row(int Kernel, int Hidden, int Outputs, int Stride, bool Excites = false, bool IsHard = false);
}
