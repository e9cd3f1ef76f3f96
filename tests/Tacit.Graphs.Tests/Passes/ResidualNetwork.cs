namespace Tacit.Graphs.Tests.Passes;

/// <summary>
/// A small network that tests rewrites: a residual block, a shortcut with Slice and Pad, and batch norms with both signs.
/// </summary>
internal static class ResidualNetwork
{
    // `channels`: the channels of the residual block. From 40 on, packing reduces the size of its weights.
    public static Model Build(int seed, int channels = 12)
    {
        var random = new Random(seed);
        var builder = new GraphBuilder("residual");
        var x = builder.Input("x", new("N", 3, 12, 12));
        var stem = builder.Add("Relu", [Normalized("stem", x, 3, 8)], name: "stem.relu");
        var inner = builder.Add("Relu", [Normalized("inner", stem, 8, channels, stride: 2)], name: "inner.relu");
        var body = Normalized("body", inner, channels, channels);
        var even = builder.Add(
            "Slice",
            [
                stem,
                builder.Constant("starts", 0, 0),
                builder.Constant("ends", 12, 12),
                builder.Constant("axes", 2, 3),
                builder.Constant("steps", 2, 2),
            ],
            name: "even"
        );
        var wide = builder.Add(
            "Pad",
            [even, builder.Constant("pads", 0, (channels - 8) / 2, 0, 0, 0, (channels - 7) / 2, 0, 0)],
            name: "wide"
        );
        var sum = builder.Add("Add", [body, wide], name: "sum");
        var last = builder.Add("Relu", [sum], name: "last");
        var pooled = builder.Add("GlobalAveragePool", [last], name: "pooled");
        var flat = builder.Add("Flatten", [pooled], name: "flat");
        var logits = builder.Add(
            "Gemm",
            [flat, Normal("fc.weight", 1, 5, channels), Normal("fc.bias", 1, 5)],
            Attributes.None.With("transB", 1L),
            "logits"
        );
        builder.Output(logits, new("N", 5));
        return builder.Build();

        string Normalized(string name, string input, int from, int to, int stride = 1)
        {
            var conv = builder.Add(
                "Conv",
                [input, Normal(name + ".weight", MathF.Sqrt(2f / (from * 9)), to, from, 3, 3)],
                Attributes.None.With("pads", [1, 1, 1, 1]).With("strides", [stride, stride]),
                name + ".conv"
            );
            return builder.Add(
                "BatchNormalization",
                [
                    conv,
                    Normal(name + ".gamma", 1, to),
                    Normal(name + ".beta", 0.3f, to),
                    builder.Initializer(name + ".mean", Random(0.3f, to), WeightRole.Statistic),
                    builder.Initializer(
                        name + ".variance",
                        TensorData.Of<float>([.. Enumerable.Range(0, to).Select(_ => random.NextSingle() + 0.5f)]),
                        WeightRole.Statistic
                    ),
                ],
                name: name + ".norm"
            );
        }

        string Normal(string name, float scale, params long[] sizes) => builder.Initializer(name, Random(scale, sizes));

        TensorData Random(float scale, params long[] sizes) =>
            TensorData.Of<float>(
                [.. Enumerable.Range(0, (int)sizes.Aggregate(1L, (a, b) => a * b)).Select(_ => scale * Gaussian())],
                sizes
            );

        float Gaussian() => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }
}
