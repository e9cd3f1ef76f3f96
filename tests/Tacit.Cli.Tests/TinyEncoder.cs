using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Contracts;
using Tacit.Inference.Video.Clips;

namespace Tacit.Cli.Tests;

/// <summary>An untrained encoder of one convolution on clips of 4 frames of 16 x 16.</summary>
internal static class TinyEncoder
{
    private const int Channels = 8;

    public static readonly ClipPreprocessing Clip = new(4, 16) { TestClips = 3 };

    /// <summary>Writes the encoder.</summary>
    /// <param name="path">The file.</param>
    /// <param name="isStated">Whether its metadata say how clips are prepared.</param>
    /// <param name="isOpen">Whether the numbers of frames and pixels are variable.</param>
    /// <param name="batchNorms">Whether a batch norm follows the convolution.</param>
    public static void Write(string path, bool isStated = true, bool isOpen = false, bool batchNorms = false)
    {
        var random = new Random(3);
        var builder = new GraphBuilder("encoder");
        var (frames, side) = isOpen ? (new Dimension("T"), new Dimension("H")) : (4, 16);
        var x = builder.Input("clip", new("N", 3, frames, side, side));
        var weight = TensorData.Of<float>(
            [.. Enumerable.Range(0, Channels * 81).Select(_ => random.NextSingle() - 0.5f)],
            Channels,
            3,
            3,
            3,
            3
        );
        x = builder.Add(
            "Conv",
            [x, builder.Initializer("weight", weight)],
            Attributes.None.With("pads", [1, 1, 1, 1, 1, 1]).With("kernel_shape", [3, 3, 3])
        );
        if (batchNorms)
        {
            var ones = TensorData.Of<float>([.. Enumerable.Repeat(1f, Channels)]);
            var zeros = TensorData.Of<float>(new float[Channels]);
            x = builder.Add(
                "BatchNormalization",
                [
                    x,
                    builder.Initializer("gamma", ones),
                    builder.Initializer("beta", zeros),
                    builder.Initializer("mean", zeros, WeightRole.Statistic),
                    builder.Initializer("variance", ones, WeightRole.Statistic),
                ]
            );
        }

        x = builder.Add("GlobalAveragePool", [builder.Add("Relu", [x])]);
        builder.Output(builder.Add("Flatten", [x], name: "features"), new("N", Channels));
        var model = builder.Build();
        OnnxWriter.Write(isStated ? new ModelMetadata { Clips = Clip }.WriteTo(model) : model, path);
    }
}
