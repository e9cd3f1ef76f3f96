namespace Tacit.Learning.Networks;

/// <summary>
/// Builds the 3-D residual networks of Hara et al. 2018, "Can Spatiotemporal 3D CNNs Retrace the History of 2D CNNs and ImageNet?".
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>conv1: 7 x 7 x 7, stride 1 x 2 x 2, 64 channels, then a max pool 3 x 3 x 3 of stride 2: (N, 64, T/2, S/4, S/4)</item>
/// <item>layer1: 64 channels, (N, 64, T/2, S/4, S/4)</item>
/// <item>layer2: 128 channels, (N, 128, T/4, S/8, S/8)</item>
/// <item>layer3: 256 channels, (N, 256, T/8, S/16, S/16)</item>
/// <item>layer4: 512 channels, (N, 512, T/16, S/32, S/32)</item>
/// <item>the mean over all positions: (N, 512)</item>
/// </list>
/// <para>
/// Blocks have two 3 x 3 x 3 convolutions. Shortcuts that change the size are projections (shortcut B). Weights have the names of
/// kenshohara/3D-ResNets-PyTorch, which are those of torchvision's 2-D networks.
/// </para>
/// </remarks>
internal static class R3D
{
    /// <summary>Builds the layers without the classifier: (N, 3, T, S, S) → 512 features at width 1.</summary>
    /// <param name="form">The size, width and seed.</param>
    /// <param name="blocks">The number of blocks in each of the four stages: 2 for 18 layers, 1 for 10 layers.</param>
    public static Trunk Build(VideoForm form, int blocks)
    {
        var layers = new LayerBuilder(form.Name, form.Seed) { Axes = 3 };
        var channels = form.Channels(64);
        var value = layers.Videos(form.Frames, form.Size); // N x 3 x T x S x S
        value = layers.Relu("relu", layers.ConvNorm("conv1", "bn1", value, 3, channels, kernel: 7, stride: (1, 2, 2)));
        value = layers.MaxPool("maxpool", value, kernel: 3, stride: 2, pad: 1); // N x 64 x T/2 x S/4 x S/4
        for (var stage = 0; stage < 4; stage++)
        {
            var outputs = form.Channels(64 << stage);
            for (var block = 0; block < blocks; block++)
            {
                var stride = block == 0 && stage > 0 ? 2 : 1;
                value = Block(layers, $"layer{stage + 1}.{block}", value, channels, outputs, stride);
                channels = outputs;
            }
        }

        return new Trunk(layers, layers.Features(value), channels, "fc");
    }

    private static string Block(LayerBuilder layers, string name, string input, int inputs, int outputs, int stride)
    {
        var value = layers.ConvNorm($"{name}.conv1", $"{name}.bn1", input, inputs, outputs, kernel: 3, stride);
        value = layers.Relu($"{name}.relu1", value);
        value = layers.ConvNorm($"{name}.conv2", $"{name}.bn2", value, outputs, outputs, kernel: 3);
        var side =
            stride == 1 && inputs == outputs
                ? input
                : layers.ConvNorm($"{name}.downsample.0", $"{name}.downsample.1", input, inputs, outputs, kernel: 1, stride);
        return layers.Relu($"{name}.relu", layers.Graph.Add("Add", [value, side], name: $"{name}.add"));
    }
}
