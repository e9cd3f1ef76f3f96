using Tacit.Graphs;
using Tacit.Graphs.Onnx;
using Tacit.Inference.Images;

namespace Tacit.Cli.Tests;

/// <summary>A network of two convolutions on 8 x 8 images with three classes, and images for it.</summary>
internal static class TinyNetwork
{
    public static void Write(string path, bool batchNorms = true, bool several = false, bool openSize = false)
    {
        var random = new Random(1);
        var builder = new GraphBuilder("tiny");
        var side = openSize ? new Dimension("H") : 8;
        var x = builder.Input("image", new("N", 3, side, side));
        x = Block(builder, random, x, 3, 8, batchNorms, "first");
        x = Block(builder, random, x, 8, 8, batchNorms, "second");
        x = builder.Add("GlobalAveragePool", [x], name: "pooled");
        x = builder.Add("Flatten", [x], name: "features");
        x = builder.Add(
            "Gemm",
            [x, builder.Initializer("fc.weight", Noise(random, 1, 3, 8)), builder.Initializer("fc.bias", Noise(random, 0.1f, 3))],
            Attributes.None.With("transB", 1),
            "logits"
        );
        builder.Output(x, new("N", 3));
        if (several)
        {
            builder.Input("other", new("N", 3));
        }

        OnnxWriter.Write(builder.Build(), path);
    }

    /// <summary>Two convolutions between transposes, each followed by a batch norm written as Mul and Add, on images 8 x 8 x 3.</summary>
    public static void WriteChannelsLast(string path)
    {
        var random = new Random(3);
        var builder = new GraphBuilder("last");
        var x = builder.Input("image", new("N", 8, 8, 3));
        foreach (var (name, inputs, outputs) in new[] { ("first", 3, 8), ("second", 8, 3) })
        {
            x = builder.Add("Transpose", [x], Attributes.None.With("perm", [0, 3, 1, 2]));
            x = builder.Add(
                "Conv",
                [x, builder.Initializer($"{name}.weight", Noise(random, 0.6f, outputs, inputs, 3, 3))],
                Attributes.None.With("pads", [1, 1, 1, 1]),
                $"{name}.conv"
            );
            x = builder.Add("Transpose", [x], Attributes.None.With("perm", [0, 2, 3, 1]));
            x = builder.Add("Mul", [x, builder.Initializer($"{name}.scale", Noise(random, 2, outputs))]);
            x = builder.Add("Add", [x, builder.Initializer($"{name}.shift", Noise(random, 0.1f, outputs))]);
        }

        x = builder.Add("ReduceMean", [x], Attributes.None.With("axes", [1, 2]).With("keepdims", 0), "logits");
        builder.Output(x, new("N", 3));
        OnnxWriter.Write(builder.Build(), path);
    }

    /// <summary>Four images in each of three folders.</summary>
    public static void WriteImages(string folder)
    {
        var random = new Random(2);
        foreach (var name in new[] { "ant", "bee", "cow" })
        {
            Directory.CreateDirectory(Path.Combine(folder, name));
            for (var i = 0; i < 4; i++)
            {
                var pixels = new byte[8 * 8 * 3];
                random.NextBytes(pixels);
                File.WriteAllBytes(Path.Combine(folder, name, $"{i}.png"), ImageEncoder.ToPng(new RgbImage(8, 8, pixels)));
            }
        }
    }

    private static string Block(GraphBuilder builder, Random random, string x, int channels, int filters, bool batchNorm, string name)
    {
        var inputs = new List<string> { x, builder.Initializer($"{name}.weight", Noise(random, 0.4f, filters, channels, 3, 3)) };
        if (!batchNorm)
        {
            inputs.Add(builder.Initializer($"{name}.bias", Noise(random, 0.1f, filters)));
        }

        x = builder.Add("Conv", [.. inputs], Attributes.None.With("pads", [1, 1, 1, 1]).With("kernel_shape", [3, 3]), $"{name}.conv");
        if (batchNorm)
        {
            x = builder.Add(
                "BatchNormalization",
                [
                    x,
                    builder.Initializer($"{name}.gamma", Constant(1, filters)),
                    builder.Initializer($"{name}.beta", Constant(0, filters)),
                    builder.Initializer($"{name}.mean", Noise(random, 0.1f, filters), WeightRole.Statistic),
                    builder.Initializer($"{name}.var", Constant(1, filters), WeightRole.Statistic),
                ],
                name: $"{name}.bn"
            );
        }

        return builder.Add("Relu", [x], name: $"{name}.relu");
    }

    private static TensorData Constant(float value, int count) => TensorData.Of<float>(Enumerable.Repeat(value, count).ToArray(), [count]);

    private static TensorData Noise(Random random, float scale, params long[] sizes)
    {
        var count = sizes.Aggregate(1L, (product, size) => product * size);
        return TensorData.Of<float>([.. Enumerable.Range(0, (int)count).Select(_ => (random.NextSingle() * 2 - 1) * scale)], sizes);
    }
}
