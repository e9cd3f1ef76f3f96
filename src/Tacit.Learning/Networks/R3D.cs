namespace Tacit.Learning.Networks;

/// <summary>The residual networks of 3-D convolutions of Hara et al. 2018, "Can Spatiotemporal 3D CNNs Retrace the History of 2D CNNs and ImageNet?".</summary>
/// <remarks>
/// Basic blocks and projections where a block changes its size (shortcut B). Weights are named as in the checkpoints of
/// kenshohara/3D-ResNets-PyTorch, and so as in torchvision's 2-D networks. The mean over what is left of the clip takes any size.
/// </remarks>
internal static class R3D
{
    /// <summary>The layers but for the classifier: 512 features at width 1.</summary>
    /// <param name="form">What it is built to.</param>
    /// <param name="blocks">The number of blocks in each of the four stages: 2 for 18 layers, 1 for 10.</param>
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
