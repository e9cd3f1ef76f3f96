using Tacit.Graphs;

namespace Tacit.Conformance.Operators;

/// <summary>Operators that apply a fixed function to each element or each row.</summary>
internal static class NonlinearitiesCases
{
    public static IEnumerable<CaseFamily> All { get; } =
    [
        .. new[]
        {
            "Relu",
            "Sigmoid",
            "Tanh",
            "HardSigmoid",
            "LeakyRelu",
            "Elu",
            "Selu",
            "Softplus",
            "Erf",
            "Exp",
            "Floor",
            "Ceil",
            "Abs",
            "Neg",
        }.Select(name => new CaseFamily(name, draw => new OperatorCase(name, Attributes.None, Wide(draw))) { Count = 12 }),
        .. new[] { "Sqrt", "Log", "Reciprocal" }.Select(name => new CaseFamily(
            name,
            draw => new OperatorCase(name, Attributes.None, draw.Floats(0.2f, 5, draw.Longs(draw.Int(0, 4), 1, 4)))
        )
        {
            Count = 12,
        }),
        .. new[] { "Abs", "Neg" }.Select(name => new CaseFamily(
            $"{name} of integers",
            draw => new OperatorCase(name, Attributes.None, draw.Integers(-9, 9, 3, 4))
        )
        {
            Count = 12,
            HasGradient = false,
        }),
        new("Not", draw => new OperatorCase("Not", Attributes.None, draw.Booleans(3, 4))) { Count = 4, HasGradient = false },
        .. new[] { "LeakyRelu", "Elu" }.Select(name => new CaseFamily(
            $"{name} with a slope",
            draw => new OperatorCase(name, Attributes.None.With("alpha", draw.Float(0, 0.5f)), Wide(draw))
        )),
        new(
            "Selu with its numbers",
            draw => new OperatorCase(
                "Selu",
                Attributes.None.With("alpha", draw.Float(0.5f, 2)).With("gamma", draw.Float(0.5f, 2)),
                Wide(draw)
            )
        ),
        new(
            "HardSigmoid with a line",
            draw => new OperatorCase(
                "HardSigmoid",
                Attributes.None.With("alpha", draw.Float(0.1f, 0.5f)).With("beta", draw.Float(0.2f, 0.8f)),
                Wide(draw)
            )
        ),
        new(
            "PRelu",
            draw =>
            {
                var sizes = draw.Longs(draw.Int(1, 4), 1, 4);
                return new OperatorCase("PRelu", Attributes.None, draw.Floats(sizes), draw.Floats(draw.Thinned(sizes)));
            }
        ),
        .. new[] { "Softmax", "LogSoftmax" }.Select(name => new CaseFamily(
            name,
            draw =>
            {
                var rank = draw.Int(1, 4);
                return new OperatorCase(
                    name,
                    Attributes.None.With("axis", draw.Long(-rank, rank - 1)),
                    draw.Floats(draw.Longs(rank, 1, 5))
                );
            }
        )),
    ];

    private static TensorData Wide(Draw draw) => draw.Floats(-6, 6, draw.Longs(draw.Int(0, 4), 1, 4));
}
