namespace Tacit.Learning.Networks;

/// <summary>
/// Builds C3D of Tran et al. 2015, "Learning Spatiotemporal Features with 3D Convolutional Networks", with batch norms.
/// </summary>
/// <remarks>
/// <para>Eight 3 x 3 x 3 convolutions, each with a batch norm and a ReLU, in five stages:</para>
/// <list type="bullet">
/// <item>stage 1: 64 channels, max pool 1 x 2 x 2, which keeps the number of frames</item>
/// <item>stage 2: 128 channels, max pool 2 x 2 x 2</item>
/// <item>stage 3: 2 convolutions of 256 channels, max pool 2 x 2 x 2</item>
/// <item>stage 4: 2 convolutions of 512 channels, max pool 2 x 2 x 2</item>
/// <item>stage 5: 2 convolutions of 512 channels, mean over all positions</item>
/// </list>
/// <para>
/// As in work on self-supervised learning (Xu et al. 2019, RSPNet), the mean replaces the last pooling and both hidden linear layers of the
/// paper. Weights have the names of those checkpoints.
/// </para>
/// </remarks>
internal static class C3D
{
    /// <summary>The output channels of each convolution, and whether a max pool follows.</summary>
    private static readonly (string Name, int Outputs, bool Pooled)[] Convolutions =
    [
        ("1", 64, true),
        ("2", 128, true),
        ("3a", 256, false),
        ("3b", 256, true),
        ("4a", 512, false),
        ("4b", 512, true),
        ("5a", 512, false),
        ("5b", 512, false),
    ];

    /// <summary>Builds the layers without the classifier: (N, 3, T, S, S) → 512 features at width 1.</summary>
    public static Trunk Build(VideoForm form)
    {
        var layers = new LayerBuilder(form.Name, form.Seed) { Axes = 3 };
        var value = layers.Videos(form.Frames, form.Size); // N x 3 x T x S x S
        var channels = 3;
        foreach (var (name, full, pooled) in Convolutions)
        {
            var outputs = form.Channels(full);
            value = layers.Conv($"conv{name}", value, channels, outputs, kernel: 3, bias: true);
            value = layers.Relu($"relu{name}", layers.Norm($"bn{name}", value, outputs));
            if (pooled)
            {
                Extent window = name == "1" ? (1, 2, 2) : 2; // the first keeps the time
                value = layers.MaxPool($"pool{name[0]}", value, window, stride: window, pad: 0);
            }

            channels = outputs;
        }

        return new Trunk(layers, layers.Features(value), channels, "linear");
    }
}
