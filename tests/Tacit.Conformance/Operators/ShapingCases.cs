using Tacit.Graphs;

namespace Tacit.Conformance.Operators;

/// <summary>Operators that change only the shape.</summary>
internal static class ShapingCases
{
    public static IEnumerable<CaseFamily> All { get; } =
    [
        new("Identity", draw => new OperatorCase("Identity", Attributes.None, draw.Floats(2, 3))) { Count = 4 },
        new("Reshape", Reshape),
        new("Flatten", Flatten),
        new(
            "Squeeze",
            draw => new OperatorCase(
                "Squeeze",
                Attributes.None,
                draw.Floats(1, draw.Long(2, 3), 1, draw.Long(2, 3), 1),
                draw.Pick(new Operand(null), Operand.Constant(0), Operand.Constant(2, -1), Operand.Constant(-3))
            )
        ),
        new(
            "Unsqueeze",
            draw => new OperatorCase(
                "Unsqueeze",
                Attributes.None,
                draw.Floats(draw.Longs(2, 1, 4)),
                draw.Pick(Operand.Constant(0), Operand.Constant(3, 0), Operand.Constant(-1, 1), Operand.Constant(1))
            )
        ),
        new("Transpose", Transpose),
        new(
            "DepthToSpace",
            draw =>
            {
                var block = draw.Long(1, 3);
                return new OperatorCase(
                    "DepthToSpace",
                    (draw.Bool() ? Attributes.None : Attributes.None.With("mode", draw.Pick("DCR", "CRD"))).With("blocksize", block),
                    draw.Floats(draw.Long(1, 2), block * block * draw.Long(1, 3), draw.Long(1, 3), draw.Long(1, 3))
                );
            }
        ),
        new(
            "SpaceToDepth",
            draw =>
            {
                var block = draw.Long(1, 3);
                return new OperatorCase(
                    "SpaceToDepth",
                    Attributes.None.With("blocksize", block),
                    draw.Floats(draw.Long(1, 2), draw.Long(1, 3), block * draw.Long(1, 3), block * draw.Long(1, 3))
                );
            }
        ),
    ];

    private static OperatorCase Reshape(Draw draw)
    {
        var sizes = draw.Longs(3, 1, 4);
        long[] wanted = draw.Pick<long[]>(
            [sizes[0], -1],
            [-1],
            [0, 0, -1],
            [0, sizes[1] * sizes[2]],
            [sizes[2], 1, sizes[0], sizes[1]],
            [0, -1, sizes[2], 1]
        );
        return new OperatorCase("Reshape", Attributes.None, draw.Floats(sizes), Operand.Constant(wanted));
    }

    private static OperatorCase Flatten(Draw draw)
    {
        var rank = draw.Int(1, 4);
        return new OperatorCase("Flatten", Attributes.None.With("axis", draw.Long(-rank, rank)), draw.Floats(draw.Longs(rank, 1, 4)));
    }

    private static OperatorCase Transpose(Draw draw)
    {
        var rank = draw.Int(1, 5);
        var attributes = draw.Int(0, 4) == 0 ? Attributes.None : Attributes.None.With("perm", [.. draw.Order(rank)]);
        return new OperatorCase("Transpose", attributes, draw.Floats(draw.Longs(rank, 1, 4)));
    }
}
