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
            "Sign",
            "Round",
            "Sin",
            "Cos",
            "Atan",
            "Sinh",
            "Cosh",
            "Asinh",
            "Softsign",
            "Celu",
            "Shrink",
            "ThresholdedRelu",
        }.Select(name => new CaseFamily(name, draw => new OperatorCase(name, Attributes.None, Wide(draw))) { Count = 12 }),
        .. new[] { "Sqrt", "Log", "Reciprocal" }.Select(name => new CaseFamily(
            name,
            draw => new OperatorCase(name, Attributes.None, draw.Floats(0.2f, 5, draw.Longs(draw.Int(0, 4), 1, 4)))
        )
        {
            Count = 12,
        }),
        .. new[] { "Tan", "Asin", "Acos", "Atanh" }.Select(name => new CaseFamily(
            name,
            draw => new OperatorCase(name, Attributes.None, draw.Floats(-0.9f, 0.9f, draw.Longs(draw.Int(0, 4), 1, 4)))
        )
        {
            Count = 12,
        }),
        new("Acosh", draw => new OperatorCase("Acosh", Attributes.None, draw.Floats(1.1f, 5, [3, 4]))) { Count = 12 },
        .. new[] { "IsNaN", "IsInf" }.Select(name => new CaseFamily(
            name,
            draw => new OperatorCase(
                name,
                Attributes.None,
                TensorData.Of<float>([float.NaN, 1, float.NegativeInfinity, 0, float.PositiveInfinity])
            )
        )
        {
            Count = 1,
            HasGradient = false,
        }),
        new(
            "IsInf of one sign",
            draw => new OperatorCase(
                "IsInf",
                Attributes.None.With("detect_negative", draw.Long(0, 1)).With("detect_positive", draw.Long(0, 1)),
                TensorData.Of<float>([float.NaN, 1, float.NegativeInfinity, 0, float.PositiveInfinity])
            )
        )
        {
            Count = 8,
            HasGradient = false,
        },
        .. new[] { "Abs", "Neg", "Sign" }.Select(name => new CaseFamily(
            $"{name} of integers",
            draw => new OperatorCase(name, Attributes.None, draw.Integers(-9, 9, 3, 4))
        )
        {
            Count = 12,
            HasGradient = false,
        }),
        new("Not", draw => new OperatorCase("Not", Attributes.None, draw.Booleans(3, 4))) { Count = 4, HasGradient = false },
        .. new[] { "LeakyRelu", "Elu", "Celu", "ThresholdedRelu" }.Select(name => new CaseFamily(
            $"{name} with a slope",
            draw => new OperatorCase(name, Attributes.None.With("alpha", draw.Float(0.1f, 0.5f)), Wide(draw))
        )),
        new(
            "Shrink with its numbers",
            draw => new OperatorCase(
                "Shrink",
                Attributes.None.With("lambd", draw.Float(0.2f, 2)).With("bias", draw.Float(0, 1)),
                Wide(draw)
            )
        ),
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
        .. new[] { "Softmax", "LogSoftmax", "Hardmax" }.Select(name => new CaseFamily(
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
        )
        {
            HasGradient = name != "Hardmax",
        }),
    ];

    private static TensorData Wide(Draw draw) => draw.Floats(-6, 6, draw.Longs(draw.Int(0, 4), 1, 4));
}
