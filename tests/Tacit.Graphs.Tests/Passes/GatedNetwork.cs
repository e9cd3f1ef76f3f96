namespace Tacit.Graphs.Tests.Passes;

/// <summary>
/// A small network with both kinds of gates, channels that are split and concatenated, and a batch norm without a convolution before it.
/// </summary>
internal static class GatedNetwork
{
    public static Model Build(int seed)
    {
        var random = new Random(seed);
        var builder = new GraphBuilder("gated");
        var x = builder.Input("x", new("N", 3, 12, 12));
        var stem = Conv("stem", x, 3, 8);
        var hard = builder.Add("HardSigmoid", [stem], Attributes.None.With("alpha", 1f / 6), "hard.gate");
        var swish = builder.Add("Mul", [stem, hard], name: "hard");
        builder.Add(new Node("halves", "Split", [swish], ["left", "right"], Attributes.None.With("axis", 1)));
        var body = Conv("body", "right", 4, 4);
        var silu = builder.Add("Mul", [builder.Add("Sigmoid", [body], name: "silu.gate"), body], name: "silu");
        var joined = builder.Add("Concat", ["left", silu], Attributes.None.With("axis", 1), "joined");
        var norm = builder.Add(
            "BatchNormalization",
            [
                joined,
                Normal("gamma", 1, 8),
                Normal("beta", 0.3f, 8),
                builder.Initializer("mean", Random(0.3f, 8), WeightRole.Statistic),
                builder.Initializer(
                    "variance",
                    TensorData.Of<float>([.. Enumerable.Range(0, 8).Select(_ => random.NextSingle() + 0.5f)]),
                    WeightRole.Statistic
                ),
            ],
            name: "norm"
        );
        var last = Conv("last", builder.Add("Relu", [norm], name: "norm.relu"), 8, 8);
        var flat = builder.Add("Flatten", [builder.Add("GlobalAveragePool", [last], name: "pooled")], name: "flat");
        var logits = builder.Add(
            "Gemm",
            [flat, Normal("fc.weight", 1, 5, 8), Normal("fc.bias", 1, 5)],
            Attributes.None.With("transB", 1L),
            "logits"
        );
        builder.Output(logits, new("N", 5));
        return builder.Build();

        string Conv(string name, string input, int from, int to) =>
            builder.Add(
                "Conv",
                [input, Normal(name + ".weight", MathF.Sqrt(2f / (from * 9)), to, from, 3, 3), Normal(name + ".bias", 0.3f, to)],
                Attributes.None.With("pads", [1, 1, 1, 1]),
                name
            );

        string Normal(string name, float deviation, params long[] sizes) => builder.Initializer(name, Random(deviation, sizes));

        TensorData Random(float deviation, params long[] sizes) =>
            TensorData.Of<float>(
                [
                    .. Enumerable
                        .Range(0, (int)sizes.Aggregate(1L, (a, b) => a * b))
                        .Select(_ => deviation * (random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f) * 2),
                ],
                sizes
            );
    }
}
