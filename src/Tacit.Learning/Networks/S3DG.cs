using Tacit.Graphs;

namespace Tacit.Learning.Networks;

/// <summary>
/// Builds the gated separable Inception network S3D-G of Xie et al. 2018, "Rethinking Spatiotemporal Feature Learning", table 5.
/// </summary>
/// <remarks>
/// <para>
/// Nine Inception blocks of four branches after a separable stem. A separable convolution is 1 x k x k over space, then k x 1 x 1 over
/// time, both with a batch norm and a ReLU. Its gate multiplies each channel by sigmoid(W · mean + b).
/// </para>
/// <para>
/// The details are those of RSPNet, whose checkpoints give the names of the weights. The spatial convolution of the stem has the temporal
/// stride of 2; in the paper, the temporal convolution after it has this stride. Every separable convolution has a gate. Batch norms have
/// the epsilon 1e-3. The dropout of the classifier is omitted.
/// </para>
/// </remarks>
internal static class S3DG
{
    /// <summary>
    /// The channels of the Inception blocks: branch 0; both convolutions of branch 1; both convolutions of branch 2; branch 3 after its max
    /// pool. The second convolutions of branches 1 and 2 are separable.
    /// </summary>
    private static readonly (string Name, int[] Channels)[] Blocks =
    [
        ("3b", [64, 96, 128, 16, 32, 32]),
        ("3c", [128, 128, 192, 32, 96, 64]),
        ("4b", [192, 96, 208, 16, 48, 64]),
        ("4c", [160, 112, 224, 24, 64, 64]),
        ("4d", [128, 128, 256, 24, 64, 64]),
        ("4e", [112, 144, 288, 32, 64, 64]),
        ("4f", [256, 160, 320, 32, 128, 128]),
        ("5b", [256, 160, 320, 32, 128, 128]),
        ("5c", [384, 192, 384, 48, 128, 128]),
    ];

    /// <summary>Builds the layers without the classifier: (N, 3, T, S, S) → 1,024 features at width 1.</summary>
    public static Trunk Build(VideoForm form)
    {
        var layers = new LayerBuilder(form.Name, form.Seed)
        {
            Axes = 3,
            Epsilon = 1e-3f,
            Momentum = 0.999f,
        };
        var channels = form.Channels(64);
        var value = layers.Videos(form.Frames, form.Size); // N x 3 x T x S x S
        value = Separable(layers, "feature.sepConv1", value, 3, channels, kernel: 7, stride: 2);
        value = layers.MaxPool("feature.maxPool1", value, kernel: (1, 3, 3), stride: (1, 2, 2), pad: (0, 1, 1));
        value = Conv(layers, "feature.basicConv3d", value, channels, channels);
        value = Separable(layers, "feature.sep_conv2", value, channels, form.Channels(192), kernel: 3);
        value = layers.MaxPool("feature.maxPool2", value, kernel: (1, 3, 3), stride: (1, 2, 2), pad: (0, 1, 1)); // N x 192 x T/2 x S/8 x S/8
        channels = form.Channels(192);
        foreach (var (name, full) in Blocks)
        {
            value = name switch
            {
                "4b" => layers.MaxPool("feature.maxPool3", value, kernel: 3, stride: 2, pad: 1),
                "5b" => layers.MaxPool("feature.maxpool4", value, kernel: 2, stride: 2, pad: 0),
                _ => value,
            };
            (value, channels) = Inception(layers, $"feature.sepInc_{name}", value, channels, [.. full.Select(form.Channels)]);
        }

        return new Trunk(layers, layers.Features(value), channels, "fc");
    }

    private static (string Value, int Channels) Inception(LayerBuilder layers, string name, string input, int inputs, int[] channels)
    {
        string[] branches =
        [
            Conv(layers, $"{name}.branch0", input, inputs, channels[0]),
            Branch(1, channels[1], channels[2]),
            Branch(2, channels[3], channels[4]),
            Conv(
                layers,
                $"{name}.branch3.1",
                layers.MaxPool($"{name}.branch3.0", input, kernel: 3, stride: 1, pad: 1),
                inputs,
                channels[5]
            ),
        ];
        var value = layers.Graph.Add("Concat", branches, Attributes.None.With("axis", 1), $"{name}.concat");
        return (value, channels[0] + channels[2] + channels[4] + channels[5]);

        string Branch(int index, int squeezed, int outputs)
        {
            var pointwise = Conv(layers, $"{name}.branch{index}.0", input, inputs, squeezed);
            return Separable(layers, $"{name}.branch{index}.1", pointwise, squeezed, outputs, kernel: 3);
        }
    }

    /// <summary>Adds a convolution over space, one over time, and a gate that multiplies each channel by sigmoid(W · mean + b).</summary>
    private static string Separable(LayerBuilder layers, string name, string input, int inputs, int outputs, int kernel, int stride = 1)
    {
        var value = Conv(layers, $"{name}.sep_conv.0", input, inputs, outputs, (1, kernel, kernel), stride);
        value = Conv(layers, $"{name}.sep_conv.1", value, outputs, outputs, (kernel, 1, 1));
        var gate = layers.Graph.Add("GlobalAveragePool", [value], name: $"{name}.squeeze");
        gate = layers.Sigmoid($"{name}.sigmoid", layers.Conv($"{name}.excitation", gate, outputs, outputs, kernel: 1, bias: true));
        return layers.Graph.Add("Mul", [gate, value], name: name);
    }

    private static string Conv(
        LayerBuilder layers,
        string name,
        string input,
        int inputs,
        int outputs,
        Extent? kernel = null,
        Extent? stride = null
    ) => layers.Relu($"{name}.activation", layers.ConvNorm($"{name}.conv3d", $"{name}.bn", input, inputs, outputs, kernel ?? 1, stride));
}
