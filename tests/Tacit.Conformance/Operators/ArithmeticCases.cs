using Tacit.Graphs;

namespace Tacit.Conformance.Operators;

/// <summary>Arithmetic, comparison and choice with broadcasting.</summary>
internal static class ArithmeticCases
{
    public static IEnumerable<CaseFamily> All { get; } =
    [
        .. new[] { "Add", "Sub", "Mul", "Div" }.SelectMany(name =>
            new[]
            {
                new CaseFamily(name, draw => Pair(draw, name, draw.Floats, sizes => draw.Floats(0.5f, 2, sizes))),
                new CaseFamily(
                    $"{name} of integers",
                    draw => new OperatorCase(name, Attributes.None, draw.Integers(-20, 20, 3, 4), draw.Integers(1, 9, 4))
                )
                {
                    HasGradient = false,
                },
            }
        ),
        new CaseFamily("Pow", draw => Pair(draw, "Pow", sizes => draw.Floats(0.5f, 2, sizes), draw.Floats)),
        new CaseFamily(
            "Pow by a constant",
            draw => new OperatorCase(
                "Pow",
                Attributes.None,
                draw.Floats(3, 4),
                new Operand(TensorData.Scalar(draw.Pick(2f, 3f)), IsConstant: true)
            )
        ),
        new CaseFamily(
            "Pow of integers",
            draw => new OperatorCase("Pow", Attributes.None, draw.Integers(-4, 4, 3, 4), draw.Integers(0, 3, 4))
        )
        {
            HasGradient = false,
        },
        new CaseFamily(
            "Mod of integers",
            draw => new OperatorCase(
                "Mod",
                draw.Bool() ? Attributes.None : Attributes.None.With("fmod", 1),
                draw.Integers(-20, 20, 3, 4),
                draw.Integers(1, 9, 4)
            )
        )
        {
            HasGradient = false,
        },
        new CaseFamily(
            "Mod",
            draw => new OperatorCase("Mod", Attributes.None.With("fmod", 1), draw.Floats(-9, 9, [3, 4]), draw.Floats(0.5f, 2, [4]))
        )
        {
            HasGradient = false,
        },
        .. new[] { "Min", "Max" }.Select(name => new CaseFamily(
            name,
            draw =>
            {
                var sizes = draw.Longs(draw.Int(0, 4), 1, 4);
                return new OperatorCase(
                    name,
                    Attributes.None,
                    [.. Enumerable.Range(0, draw.Int(1, 4)).Select(_ => new Operand(draw.Floats(draw.Thinned(sizes))))]
                );
            }
        )),
        .. new[] { "Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual" }.Select(name => new CaseFamily(
            name,
            draw =>
                draw.Bool()
                    ? Pair(draw, name, sizes => draw.Integers(0, 2, sizes), sizes => draw.Integers(0, 2, sizes))
                    : Pair(draw, name, draw.Floats, draw.Floats)
        )
        {
            HasGradient = false,
        }),
        .. new[] { "And", "Or", "Xor" }.Select(name => new CaseFamily(name, draw => Pair(draw, name, draw.Booleans, draw.Booleans))
        {
            HasGradient = false,
        }),
        new CaseFamily(
            "Where",
            draw =>
            {
                var sizes = draw.Longs(draw.Int(0, 4), 1, 4);
                return new OperatorCase(
                    "Where",
                    Attributes.None,
                    draw.Booleans(draw.Thinned(sizes)),
                    draw.Floats(draw.Thinned(sizes)),
                    draw.Floats(draw.Thinned(sizes))
                );
            }
        ),
    ];

    private static OperatorCase Pair(Draw draw, string name, Func<long[], TensorData> left, Func<long[], TensorData> right)
    {
        var sizes = draw.Longs(draw.Int(0, 4), 1, 4);
        return new OperatorCase(name, Attributes.None, left(draw.Thinned(sizes)), right(draw.Thinned(sizes)));
    }
}
