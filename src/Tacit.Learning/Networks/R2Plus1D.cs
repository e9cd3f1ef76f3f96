namespace Tacit.Learning.Networks;

/// <summary>
/// Builds R(2+1)D of Xu et al. 2019, "Self-Supervised Spatiotemporal Learning via Video Clip Order Prediction": the network of Tran et al.
/// 2018 with one block in each stage.
/// </summary>
/// <remarks>
/// Each 3-D convolution is replaced by one over space, 1 x k x k, and one over time, k x 1 x 1, with a batch norm and a ReLU between them.
/// Weights have the names of the authors' and RSPNet's checkpoints. Unlike in torchvision's network, the stem and the projections are
/// factored, too, and each convolution has its own number of channels in between.
/// </remarks>
internal static class R2Plus1D
{
    /// <summary>Returns the number of channels between the convolution over space and the one over time.</summary>
    /// <remarks>
    /// M = floor(t · d² · I · O / (d² · I + t · O)) for a kernel of t x d x d, I inputs and O outputs (Tran et al. 2018, section 3.5). The
    /// two convolutions then have about as many weights as the 3-D convolution that they replace.
    /// </remarks>
    /// <param name="inputs">The number of input channels I.</param>
    /// <param name="outputs">The number of output channels O.</param>
    /// <param name="kernel">The kernel of the 3-D convolution.</param>
    public static int Between(int inputs, int outputs, Extent kernel)
    {
        var (time, area) = (kernel.Frames, kernel.Height * kernel.Width);
        return time * area * inputs * outputs / (area * inputs + time * outputs);
    }

    /// <summary>Builds the layers without the classifier: (N, 3, T, S, S) → 512 features at width 1.</summary>
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
