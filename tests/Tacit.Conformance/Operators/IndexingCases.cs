using Tacit.Graphs;

namespace Tacit.Conformance.Operators;

/// <summary>Operators that read or replace elements at computed indices.</summary>
internal static class IndexingCases
{
    public static IEnumerable<CaseFamily> All { get; } =
    [
        new(
            "GatherElements",
            draw =>
            {
                var rank = draw.Int(1, 3);
                var (sizes, axis) = (draw.Longs(rank, 2, 4), draw.Int(0, rank - 1));
                return new OperatorCase(
                    "GatherElements",
                    Attributes.None.With("axis", draw.Bool() ? axis : axis - rank),
                    draw.Floats(sizes),
                    draw.Integers((int)-sizes[axis], (int)sizes[axis] - 1, Within(draw, sizes, axis))
                );
            }
        ),
        new("ScatterElements", Scattered),
        new(
            "GatherND",
            draw =>
            {
                var sizes = draw.Longs(draw.Int(2, 4), 1, 4);
                var batch = draw.Int(0, sizes.Length - 1);
                var depth = draw.Int(1, sizes.Length - batch);
                return new OperatorCase(
                    "GatherND",
                    Attributes.None.With("batch_dims", batch),
                    draw.Floats(sizes),
                    Vectors(draw, sizes, [.. sizes[..batch], .. draw.Longs(draw.Int(batch > 0 ? 1 : 0, 2), 1, 3)], batch, depth)
                );
            }
        ),
        new(
            "ScatterND",
            draw =>
            {
                // Without repeated places: the result of these depends on the order.
                var sizes = draw.Longs(draw.Int(1, 3), 2, 4);
                var places = draw.Order((int)sizes[0])[..draw.Int(1, (int)sizes[0])];
                return new OperatorCase(
                    "ScatterND",
                    draw.Bool() ? Attributes.None : Attributes.None.With("reduction", "add"),
                    draw.Floats(sizes),
                    TensorData.Of<long>([.. places.Select(place => draw.Bool() ? place : place - sizes[0])], places.Length, 1),
                    draw.Floats([places.Length, .. sizes[1..]])
                );
            }
        ),
    ];

    // One place along the axis for each line, so that no place is repeated.
    private static OperatorCase Scattered(Draw draw)
    {
        var rank = draw.Int(1, 3);
        var (sizes, axis) = (draw.Longs(rank, 2, 4), draw.Int(0, rank - 1));
        var lines = Within(draw, sizes, axis);
        lines[axis] = 1;
        return new OperatorCase(
            "ScatterElements",
            (draw.Bool() ? Attributes.None : Attributes.None.With("reduction", "add")).With("axis", draw.Bool() ? axis : axis - rank),
            draw.Floats(sizes),
            draw.Integers((int)-sizes[axis], (int)sizes[axis] - 1, lines),
            draw.Floats(lines)
        );
    }

    private static long[] Within(Draw draw, long[] sizes, int axis) =>
        [.. sizes.Select((size, i) => i == axis ? draw.Long(1, 5) : draw.Long(1, (int)size))];

    private static TensorData Vectors(Draw draw, long[] sizes, long[] lines, int batch, int depth)
    {
        var count = lines.Aggregate(1L, (product, size) => product * size);
        var numbers = new long[count * depth];
        for (var i = 0; i < numbers.Length; i++)
        {
            var size = (int)sizes[batch + i % depth];
            numbers[i] = draw.Long(-size, size - 1);
        }

        return TensorData.Of<long>(numbers, [.. lines, depth]);
    }
}
