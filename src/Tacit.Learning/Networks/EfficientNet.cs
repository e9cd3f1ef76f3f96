using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>Builds EfficientNet-B0 of Tan and Le 2019, "EfficientNet: Rethinking Model Scaling", table 1.</summary>
/// <remarks>
/// <para>
/// Seven stages of inverted residual blocks with SiLU and squeeze-and-excitation, whose hidden layer has a quarter of the block's input
/// channels. The stages have expansions 1 or 6 and kernels of 3 or 5; see <see cref="InvertedResidual"/>.
/// </para>
/// <para>
/// Weights have the names of torchvision's checkpoints (efficientnet_b0). As there, batch norms have the epsilon 1e-5; the paper's code has
/// 1e-3. Dropout and stochastic depth, which only act in training, are omitted.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// Model network = EfficientNet.Build(); // input "input" N x 3 x 224 x 224, output "logits" N x 1000
/// </code>
/// </example>
public static class EfficientNet
{
    private static readonly (int Expansion, int Kernel, int Stride, int Outputs, int Count)[] Stages =
    [
        (1, 3, 1, 16, 1),
        (6, 3, 2, 24, 2),
        (6, 5, 2, 40, 2),
        (6, 3, 2, 80, 3),
        (6, 5, 1, 112, 3),
        (6, 5, 2, 192, 4),
        (6, 3, 1, 320, 1),
    ];

    /// <summary>Builds the network with random weights.</summary>
    /// <param name="classes">The number of classes, at least 1. Default 1,000, as in ImageNet.</param>
    /// <param name="size">The height and width of the images in pixels, at least 32. Default 224.</param>
    /// <param name="seed">The seed of the weights. Default 0.</param>
    /// <returns>The network: input "input" N x 3 x size x size, output "logits" N x classes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public static Model Build(int classes = 1000, int size = 224, ulong seed = 0)
    {
        var layers = new LayerBuilder("efficientnet-b0", seed);
        var value = layers.Images(size, least: 32);
        var channels = 32;
        value = layers.Silu("features.0.2", layers.ConvNorm("features.0.0", "features.0.1", value, 3, channels, kernel: 3, stride: 2));
        foreach (var (index, (expansion, kernel, stride, outputs, count)) in Stages.Index())
        {
            for (var block = 0; block < count; block++)
            {
                var (hidden, squeezed) = (expansion * channels, channels / 4);
                var residual = new InvertedResidual
                {
                    Kernel = kernel,
                    Hidden = hidden,
                    Outputs = outputs,
                    Stride = block == 0 ? stride : 1,
                    Activation = layers.Silu,
                    Excitation = (name, input) => layers.SqueezeExcitation(name, input, hidden, squeezed, layers.Silu, layers.Sigmoid),
                };
                value = residual.AddTo(layers, $"features.{index + 1}.{block}", value, channels);
                channels = outputs;
            }
        }

        value = layers.Silu("features.8.2", layers.ConvNorm("features.8.0", "features.8.1", value, channels, 4 * channels, kernel: 1));
        return layers.Classifier("classifier.1", layers.Features(value), 4 * channels, classes);
    }
}
