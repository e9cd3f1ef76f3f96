namespace Tacit.Learning.Networks;

/// <summary>
/// Builds the residual networks of 18 layers of Tran et al. 2018, "A Closer Look at Spatiotemporal Convolutions", as torchvision defines
/// them.
/// </summary>
/// <remarks>
/// <para>
/// The stem has the stride 1 x 2 x 2 and no pooling after it. Four stages of two blocks follow, with 64, 128, 256 and 512 channels at
/// strides 1, 2, 2 and 2 along all axes: (N, 64, T, S/2, S/2) to (N, 512, T/8, S/16, S/16).
/// </para>
/// <para>
/// Weights have the names of torchvision's checkpoints (r3d_18, r2plus1d_18). As there, both factored convolutions of a block have the
/// number of channels in between that the formula gives for the first; see <see cref="R2Plus1D.Between"/>.
/// </para>
/// </remarks>
internal static class VideoResNet
{
    private const int Blocks = 2;

    /// <summary>The number of channels within the factored stem, as in torchvision. The formula would give 83.</summary>
    private const int StemBetween = 45;

    /// <summary>Builds the layers without the classifier: (N, 3, T, S, S) → 512 features at width 1.</summary>
    /// <param name="form">The size, width and seed.</param>
    /// <param name="factored">
    /// Whether each 3-D convolution is factored into one over space and one over time: R(2+1)D-18 instead of R3D-18.
    /// </param>
    public static Trunk Build(VideoForm form, bool factored)
    {
        var layers = new LayerBuilder(form.Name, form.Seed) { Axes = 3 };
        var channels = form.Channels(64);
        var value = layers.Videos(form.Frames, form.Size); // N x 3 x T x S x S
        if (factored)
        {
            var between = form.Channels(StemBetween);
            value = layers.Relu("stem.2", layers.ConvNorm("stem.0", "stem.1", value, 3, between, kernel: (1, 7, 7), stride: (1, 2, 2)));
            value = layers.Relu("stem.5", layers.ConvNorm("stem.3", "stem.4", value, between, channels, kernel: (3, 1, 1)));
        }
        else
        {
            value = layers.Relu("stem.2", layers.ConvNorm("stem.0", "stem.1", value, 3, channels, kernel: (3, 7, 7), stride: (1, 2, 2)));
        }

        for (var stage = 0; stage < 4; stage++)
        {
            var outputs = form.Channels(64 << stage);
            for (var block = 0; block < Blocks; block++)
            {
                var stride = block == 0 && stage > 0 ? 2 : 1;
                value = Block(layers, $"layer{stage + 1}.{block}", value, channels, outputs, stride, factored);
                channels = outputs;
            }
        }

        return new Trunk(layers, layers.Features(value), channels, "fc");
    }

    /// <summary>Adds a block of two 3 x 3 x 3 convolutions with a shortcut.</summary>
    private static string Block(LayerBuilder layers, string name, string input, int inputs, int outputs, int stride, bool factored)
    {
        int? between = factored ? R2Plus1D.Between(inputs, outputs, kernel: 3) : null;
        var value = layers.Norm($"{name}.conv1.1", Conv(layers, $"{name}.conv1.0", input, inputs, between, outputs, stride), outputs);
        value = layers.Relu($"{name}.conv1.2", value);
        value = layers.Norm($"{name}.conv2.1", Conv(layers, $"{name}.conv2.0", value, outputs, between, outputs, stride: 1), outputs);
        var side =
            stride == 1 && inputs == outputs
                ? input
                : layers.ConvNorm($"{name}.downsample.0", $"{name}.downsample.1", input, inputs, outputs, kernel: 1, stride);
        return layers.Relu($"{name}.relu", layers.Graph.Add("Add", [value, side], name: $"{name}.add"));
    }

    /// <summary>
    /// Adds a 3 x 3 x 3 convolution, or one over space and one over time with <paramref name="between"/> channels between them.
    /// </summary>
    private static string Conv(LayerBuilder layers, string name, string input, int inputs, int? between, int outputs, int stride)
    {
        if (between is not { } inner)
        {
            return layers.Conv(name, input, inputs, outputs, kernel: 3, stride);
        }

        var value = layers.ConvNorm($"{name}.0", $"{name}.1", input, inputs, inner, kernel: (1, 3, 3), stride: (1, stride, stride));
        return layers.Conv($"{name}.3", layers.Relu($"{name}.2", value), inner, outputs, kernel: (3, 1, 1), stride: (stride, 1, 1));
    }
}
