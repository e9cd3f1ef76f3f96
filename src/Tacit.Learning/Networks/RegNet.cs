using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>Specifies a network of the RegNetX design space by its millions of multiply-accumulates.</summary>
public enum RegNetXSize
{
    /// <summary>RegNetX-400MF: 22 blocks, 5.5 M parameters.</summary>
    Mega400,

    /// <summary>RegNetX-600MF: 16 blocks, 6.2 M parameters.</summary>
    Mega600,

    /// <summary>RegNetX-800MF: 16 blocks, 7.3 M parameters.</summary>
    Mega800,
}

/// <summary>Builds the smaller RegNetX networks of Radosavovic et al. 2020, "Designing Network Design Spaces", figure 15.</summary>
/// <remarks>
/// <para>
/// Blocks of a 1 x 1, a grouped 3 x 3 and a 1 x 1 convolution without a bottleneck. The width of block j follows from equations 2 to 4: the
/// linear width u = w0 + wa · j is moved to the nearest w0 · wm^s with an integer s, and then to a multiple of 8. Blocks of equal width
/// form a stage, whose first block has stride 2.
/// </para>
/// <para>
/// Weights have the names of torchvision's checkpoints (regnet_x_400mf, regnet_x_800mf). torchvision does not have RegNetX-600MF.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// Model network = RegNet.Build(RegNetXSize.Mega600); // input "input" N x 3 x 224 x 224, output "logits" N x 1000
/// </code>
/// </example>
public static class RegNet
{
    private const int StemOutputs = 32;

    /// <summary>Builds a network with random weights.</summary>
    /// <param name="form">The network.</param>
    /// <param name="classes">The number of classes, at least 1. Default 1,000, as in ImageNet.</param>
    /// <param name="size">The height and width of the images in pixels, at least 32. Default 224.</param>
    /// <param name="seed">The seed of the weights. Default 0.</param>
    /// <returns>The network: input "input" N x 3 x size x size, output "logits" N x classes.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is too small.</exception>
    public static Model Build(RegNetXSize form, int classes = 1000, int size = 224, ulong seed = 0)
    {
        // The parameters of the paper: depth d, w_0, w_a, w_m and group width g.
        var (name, depth, first, slope, factor, group) = form switch
        {
            RegNetXSize.Mega400 => ("regnetx-400mf", 22, 24, 24.48, 2.54, 16),
            RegNetXSize.Mega600 => ("regnetx-600mf", 16, 48, 36.97, 2.24, 24),
            _ => ("regnetx-800mf", 16, 56, 35.73, 2.28, 16),
        };
        var layers = new LayerBuilder(name, seed);
        var value = layers.Images(size, least: 32);
        value = layers.Relu("stem.2", layers.ConvNorm("stem.0", "stem.1", value, 3, StemOutputs, kernel: 3, stride: 2));
        var channels = StemOutputs;
        var stages = Enumerable.Range(0, depth).Select(block => Width(block, first, slope, factor)).CountBy(width => width);
        foreach (var (stage, (width, count)) in stages.Index())
        {
            var groupWidth = Math.Min(group, width);
            var outputs = (width + groupWidth / 2) / groupWidth * groupWidth;
            for (var block = 0; block < count; block++)
            {
                var prefix = $"trunk_output.block{stage + 1}.block{stage + 1}-{block}";
                value = Block(layers, prefix, value, channels, outputs, outputs / groupWidth, block == 0 ? 2 : 1);
                channels = outputs;
            }
        }

        return layers.Classifier("fc", layers.Features(value), channels, classes);
    }

    /// <summary>
    /// Returns the width of a block by equations 2 to 4: w_0 + w_a j, moved to the nearest w_0 w_m^s and to a multiple of 8.
    /// </summary>
    private static int Width(int block, int first, double slope, double factor)
    {
        var exponent = Math.Round(Math.Log((first + slope * block) / first) / Math.Log(factor));
        return 8 * (int)Math.Round(first * Math.Pow(factor, exponent) / 8);
    }

    private static string Block(LayerBuilder layers, string name, string input, int inputs, int outputs, int groups, int stride)
    {
        var value = layers.Relu($"{name}.f.a.2", layers.ConvNorm($"{name}.f.a.0", $"{name}.f.a.1", input, inputs, outputs, kernel: 1));
        value = layers.ConvNorm($"{name}.f.b.0", $"{name}.f.b.1", value, outputs, outputs, kernel: 3, stride, groups);
        value = layers.ConvNorm($"{name}.f.c.0", $"{name}.f.c.1", layers.Relu($"{name}.f.b.2", value), outputs, outputs, kernel: 1);
        var side =
            stride == 1 && inputs == outputs
                ? input
                : layers.ConvNorm($"{name}.proj.0", $"{name}.proj.1", input, inputs, outputs, kernel: 1, stride);
        return layers.Relu($"{name}.activation", layers.Graph.Add("Add", [side, value], name: $"{name}.add"));
    }
}
