using Tacit.Graphs;

namespace Tacit.Conformance.Operators;

/// <summary>Slice and Gather.</summary>
internal static class SlicingCases
{
    public static IEnumerable<CaseFamily> All { get; } =
    [
        new("Slice", Slice) { Count = 40 },
        new(
            "Slice of nothing",
            draw => new OperatorCase(
                "Slice",
                Attributes.None,
                draw.Floats(3, 4),
                Operand.Constant(2, 1),
                Operand.Constant(2, 3),
                Operand.Constant(0, 1),
                Operand.Constant(1, -1)
            )
        )
        {
            Count = 1,
            HasGradient = false,
        },
        new("Gather", Gather),
    ];

    private static OperatorCase Slice(Draw draw)
    {
        var rank = draw.Int(1, 4);
        var sizes = draw.Longs(rank, 2, 7);
        var axes = draw.Axes(rank);
        var explicitAxes = draw.Bool();
        axes = explicitAxes ? axes : [.. Enumerable.Range(0, axes.Length).Select(axis => (long)axis)];
        var steps = draw.Bool();
        var (starts, ends, by) = (new long[axes.Length], new long[axes.Length], new long[axes.Length]);
        for (var i = 0; i < axes.Length; i++)
        {
            var size = (int)sizes[axes[i]];
            by[i] = steps ? draw.Pick(1, 2, 3, -1, -2) : 1;
            var (first, last) = (draw.Int(0, size - 1), draw.Int(0, size - 1));
            (first, last) = (Math.Min(first, last), Math.Max(first, last));
            (starts[i], ends[i]) =
                by[i] > 0
                    ? (draw.Bool() ? first : first - size, draw.Pick(last + 1, 1000, long.MaxValue))
                    : (draw.Pick(last, last - size, 1000), draw.Pick(first - 1 - size, -1000, long.MinValue + 1));
            axes[i] = explicitAxes && draw.Bool() ? axes[i] - rank : axes[i];
        }

        return new OperatorCase(
            "Slice",
            Attributes.None,
            draw.Floats(sizes),
            Operand.Constant(starts),
            Operand.Constant(ends),
            explicitAxes || steps ? Operand.Constant(axes) : new Operand(null),
            steps ? Operand.Constant(by) : new Operand(null)
        );
    }

    private static OperatorCase Gather(Draw draw)
    {
        var rank = draw.Int(1, 4);
        var axis = draw.Int(0, rank - 1);
        var sizes = draw.Longs(rank, 1, 5);
        var indices = draw.Integers(-(int)sizes[axis], (int)sizes[axis] - 1, draw.Longs(draw.Int(0, 2), 1, 3));
        return new OperatorCase(
            "Gather",
            Attributes.None.With("axis", draw.Bool() ? axis : axis - rank),
            draw.Floats(sizes),
            new Operand(indices, IsConstant: draw.Bool())
        );
    }
}
