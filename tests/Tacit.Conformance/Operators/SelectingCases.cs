using Tacit.Graphs;

namespace Tacit.Conformance.Operators;

/// <summary>Operators that select elements by their order, and those that mark or number places.</summary>
internal static class SelectingCases
{
    public static IEnumerable<CaseFamily> All { get; } =
    [
        .. new[] { "ArgMax", "ArgMin" }.Select(name => new CaseFamily(
            name,
            draw =>
            {
                var rank = draw.Int(1, 4);
                return new OperatorCase(
                    name,
                    Attributes
                        .None.With("axis", draw.Long(-rank, rank - 1))
                        .With("keepdims", draw.Long(0, 1))
                        .With("select_last_index", draw.Long(0, 1)),
                    draw.Bool() ? draw.Floats(draw.Longs(rank, 1, 5)) : draw.Integers(0, 3, draw.Longs(rank, 1, 5))
                );
            }
        )
        {
            HasGradient = false,
        }),
        new(
            "TopK",
            draw =>
            {
                var rank = draw.Int(1, 3);
                var sizes = draw.Longs(rank, 2, 6);
                var axis = draw.Int(0, rank - 1);
                return new OperatorCase(
                    "TopK",
                    Attributes.None.With("axis", draw.Bool() ? axis : axis - rank).With("largest", draw.Long(0, 1)),
                    draw.Bool() ? draw.Floats(sizes) : draw.Integers(0, 3, sizes),
                    Operand.Constant(draw.Long(1, (int)sizes[axis]))
                )
                {
                    OutputCount = 2,
                };
            }
        )
        {
            HasGradient = false,
        },
        new(
            "OneHot",
            draw =>
            {
                var sizes = draw.Longs(draw.Int(1, 3), 1, 4);
                return new OperatorCase(
                    "OneHot",
                    Attributes.None.With("axis", draw.Long(-sizes.Length - 1, sizes.Length)),
                    draw.Integers(-6, 6, sizes),
                    Operand.Constant(5),
                    draw.Floats(2)
                );
            }
        ),
        new(
            "CumSum",
            draw =>
            {
                var rank = draw.Int(1, 4);
                return new OperatorCase(
                    "CumSum",
                    Attributes.None.With("exclusive", draw.Long(0, 1)).With("reverse", draw.Long(0, 1)),
                    draw.Floats(draw.Longs(rank, 1, 5)),
                    new Operand(TensorData.Scalar(draw.Long(-rank, rank - 1)), IsConstant: true)
                );
            }
        ),
        new(
            "Trilu",
            draw => new OperatorCase(
                "Trilu",
                Attributes.None.With("upper", draw.Long(0, 1)),
                draw.Floats(draw.Longs(draw.Int(2, 4), 1, 5)),
                draw.Bool() ? new Operand(TensorData.Scalar(draw.Long(-4, 4)), IsConstant: true) : new Operand(null)
            )
        ),
        new(
            "EyeLike",
            draw => new OperatorCase(
                "EyeLike",
                Attributes
                    .None.With("k", draw.Long(-3, 3))
                    .With("dtype", draw.Pick<long>((long)ElementType.Float32, (long)ElementType.Int64)),
                draw.Integers(0, 1, draw.Longs(2, 1, 5))
            )
        )
        {
            HasGradient = false,
        },
        new("NonZero", draw => new OperatorCase("NonZero", Attributes.None, draw.Integers(0, 2, draw.Longs(draw.Int(1, 4), 1, 4))))
        {
            HasGradient = false,
        },
        new(
            "Range of integers",
            draw => new OperatorCase(
                "Range",
                Attributes.None,
                Scalar(draw.Long(-5, 5)),
                Scalar(draw.Long(-5, 9)),
                Scalar(draw.Pick(-2L, -1L, 1L, 3L))
            )
        )
        {
            HasGradient = false,
        },
        new(
            "Range",
            draw => new OperatorCase(
                "Range",
                Attributes.None,
                Scalar(draw.Float(-2, 2)),
                Scalar(draw.Float(-2, 4)),
                Scalar(draw.Pick(-0.3f, 0.25f, 1.5f))
            )
        )
        {
            HasGradient = false,
        },
        new("NonMaxSuppression", Suppressed) { HasGradient = false },
    ];

    private static OperatorCase Suppressed(Draw draw)
    {
        var (samples, classes, boxes) = (draw.Long(1, 2), draw.Long(1, 3), draw.Long(1, 12));
        return new OperatorCase(
            "NonMaxSuppression",
            Attributes.None.With("center_point_box", draw.Long(0, 1)),
            draw.Floats(0.1f, 1, [samples, boxes, 4]),
            draw.Floats(0, 1, [samples, classes, boxes]),
            new Operand(TensorData.Of<long>([draw.Long(0, 5)], 1), IsConstant: true),
            new Operand(TensorData.Of<float>([draw.Float(0, 0.8f)], 1), IsConstant: true),
            draw.Bool() ? new Operand(TensorData.Of<float>([draw.Float(0, 0.5f)], 1), IsConstant: true) : new Operand(null)
        );
    }

    private static Operand Scalar<T>(T value)
        where T : unmanaged => new(TensorData.Scalar(value), IsConstant: true);
}
