using Tacit.Graphs;

namespace Tacit.Conformance.Operators;

/// <summary>Normalisations with given statistics, and with those of a channel or a row.</summary>
internal static class NormalizationCases
{
    public static IEnumerable<CaseFamily> All { get; } =
    [
        new(
            "LRN",
            draw => new OperatorCase(
                "LRN",
                Attributes
                    .None.With("size", draw.Pick(1, 3, 5))
                    .With("alpha", draw.Float(0.01f, 1))
                    .With("beta", draw.Float(0.5f, 1))
                    .With("bias", draw.Float(1, 2)),
                draw.Floats(draw.Long(1, 2), draw.Long(1, 8), draw.Long(1, 4), draw.Long(1, 4))
            )
        ),
        new(
            "BatchNormalization",
            draw =>
            {
                var channels = draw.Long(1, 4);
                return new OperatorCase(
                    "BatchNormalization",
                    Epsilon(draw),
                    draw.Floats([2, channels, .. draw.Longs(draw.Int(0, 3), 1, 4)]),
                    draw.Floats(channels),
                    draw.Floats(channels),
                    new Operand(draw.Floats(channels), IsConstant: true),
                    new Operand(draw.Floats(0.5f, 2, [channels]), IsConstant: true)
                );
            }
        ),
        new(
            "InstanceNormalization",
            draw =>
            {
                var channels = draw.Long(1, 4);
                return new OperatorCase(
                    "InstanceNormalization",
                    Epsilon(draw),
                    draw.Floats([draw.Long(1, 2), channels, .. draw.Longs(draw.Int(1, 3), 2, 4)]),
                    draw.Floats(channels),
                    draw.Floats(channels)
                );
            }
        ),
        new(
            "LayerNormalization",
            draw =>
            {
                var rank = draw.Int(1, 4);
                var axis = draw.Int(0, rank - 1);
                var sizes = draw.Longs(rank, 2, 4);
                var attributes =
                    axis == rank - 1 && draw.Bool() ? Epsilon(draw) : Epsilon(draw).With("axis", draw.Bool() ? axis : axis - rank);
                return new OperatorCase(
                    "LayerNormalization",
                    attributes,
                    draw.Floats(sizes),
                    draw.Floats(sizes[axis..]),
                    draw.Bool() ? draw.Floats(sizes[axis..]) : null
                );
            }
        ),
    ];

    private static Attributes Epsilon(Draw draw) => Attributes.None.With("epsilon", draw.Pick(1e-5f, 1e-3f));
}
