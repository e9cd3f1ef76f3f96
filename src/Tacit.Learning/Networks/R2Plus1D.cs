namespace Tacit.Learning.Networks;

/// <summary>
/// The R(2+1)D of Xu et al. 2019, "Self-Supervised Spatiotemporal Learning via Video Clip Order Prediction": the network of Tran
/// et al. 2018 with one block in each stage.
/// </summary>
/// <remarks>
/// Weights are named as in the authors' checkpoints and RSPNet's. Unlike torchvision's, every convolution is factored, the stem
/// and the projections too, each through as many channels as the paper's formula gives for it.
/// </remarks>
internal static class R2Plus1D
{
    /// <summary>
    /// The channels between a convolution over space and one over time for which both have about as many weights as the
    /// convolution over both that they replace (Tran et al. 2018, section 3.5).
    /// </summary>
    public static int Between(int inputs, int outputs, Extent kernel)
    {
        var (time, area) = (kernel.Frames, kernel.Height * kernel.Width);
        return time * area * inputs * outputs / (area * inputs + time * outputs);
    }

    /// <summary>The layers but for the classifier: 512 features at width 1.</summary>
    public static Trunk Build(VideoForm form)
    {
        var layers = new LayerBuilder(form.Name, form.Seed) { Axes = 3 };
        var channels = form.Channels(64);
        var value = layers.Videos(form.Frames, form.Size); // N x 3 x T x S x S
        value = layers.Norm("bn1", Conv(layers, "conv1", value, 3, channels, kernel: (3, 7, 7), stride: (1, 2, 2)), channels);
        value = layers.Relu("relu1", value); // N x 64 x T x S/2 x S/2
        for (var stage = 0; stage < 4; stage++)
        {
            var outputs = form.Channels(64 << stage);
            value = Block(layers, $"conv{stage + 2}.block1", value, channels, outputs, stride: stage > 0 ? 2 : 1);
            channels = outputs;
        }

        return new Trunk(layers, layers.Features(value), channels, "linear");
    }

    private static string Block(LayerBuilder layers, string name, string input, int inputs, int outputs, int stride)
    {
        var value = layers.Norm($"{name}.bn1", Conv(layers, $"{name}.conv1", input, inputs, outputs, kernel: 3, stride), outputs);
        value = layers.Relu($"{name}.relu1", value);
        value = layers.Norm($"{name}.bn2", Conv(layers, $"{name}.conv2", value, outputs, outputs, kernel: 3, stride: 1), outputs);
        var side =
            stride == 1
                ? input
                : layers.Norm(
                    $"{name}.downsamplebn",
                    Conv(layers, $"{name}.downsampleconv", input, inputs, outputs, kernel: 1, stride),
                    outputs
                );
        return layers.Relu($"{name}.outrelu", layers.Graph.Add("Add", [value, side], name: $"{name}.add"));
    }

    private static string Conv(LayerBuilder layers, string name, string input, int inputs, int outputs, Extent kernel, Extent stride)
    {
        var between = Between(inputs, outputs, kernel);
        var value = layers.ConvNorm(
            $"{name}.spatial_conv",
            $"{name}.bn",
            input,
            inputs,
            between,
            kernel with
            {
                Frames = 1,
            },
            stride with
            {
                Frames = 1,
            }
        );
        value = layers.Relu($"{name}.relu", value);
        return layers.Conv($"{name}.temporal_conv", value, between, outputs, (kernel.Frames, 1, 1), (stride.Frames, 1, 1));
    }
}
