using Tacit.Graphs;

namespace Tacit.Conformance.Operators;

/// <summary>ReduceMean, ReduceSum and other reductions.</summary>
internal static class ReductionsCases
{
    public static IEnumerable<CaseFamily> All { get; } =
    [
        .. new[]
        {
            "ReduceMean",
            "ReduceMax",
            "ReduceMin",
            "ReduceProd",
            "ReduceL1",
            "ReduceL2",
            "ReduceLogSumExp",
            "ReduceSumSquare",
        }.Select(name => new CaseFamily(
            name,
            draw =>
            {
                var (sizes, axes, attributes) = Drawn(draw);
                return new OperatorCase(name, axes is null ? attributes : attributes.With("axes", [.. axes]), draw.Floats(sizes));
            }
        )),
        new(
            "ReduceLogSum",
            draw =>
            {
                var (sizes, axes, attributes) = Drawn(draw);
                return new OperatorCase(
                    "ReduceLogSum",
                    axes is null ? attributes : attributes.With("axes", [.. axes]),
                    draw.Floats(0.2f, 2, sizes)
                );
            }
        ),
        new(
            "ReduceSum",
            draw =>
            {
                var (sizes, axes, attributes) = Drawn(draw);
                return new OperatorCase(
                    "ReduceSum",
                    attributes,
                    draw.Floats(sizes),
                    axes is null ? new Operand(null) : Operand.Constant(axes)
                );
            }
        ),
        .. new[] { "ReduceProd", "ReduceMax", "ReduceMin" }.Select(name => new CaseFamily(
            $"{name} of integers",
            draw => new OperatorCase(name, Attributes.None.With("axes", [.. draw.Axes(2)]), draw.Integers(-5, 5, 3, 4))
        )
        {
            HasGradient = false,
        }),
        new(
            "ReduceSum of integers",
            draw => new OperatorCase("ReduceSum", Attributes.None, draw.Integers(-5, 5, 3, 4), Operand.Constant(draw.Axes(2)))
        )
        {
            HasGradient = false,
        },
    ];

    private static (long[] Sizes, long[]? Axes, Attributes Attributes) Drawn(Draw draw)
    {
        var rank = draw.Int(1, 4);
        long[]? axes = draw.Int(0, 3) == 0 ? null : [.. draw.Axes(rank).Select(axis => draw.Bool() ? axis : axis - rank)];
        return (draw.Longs(rank, 1, 4), axes, draw.Bool() ? Attributes.None : Attributes.None.With("keepdims", draw.Long(0, 1)));
    }
}
