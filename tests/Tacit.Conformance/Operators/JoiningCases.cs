using Tacit.Graphs;

namespace Tacit.Conformance.Operators;

/// <summary>Concat and Split.</summary>
internal static class JoiningCases
{
    public static IEnumerable<CaseFamily> All { get; } = [new("Concat", Concat), new("Split", Split)];

    private static OperatorCase Concat(Draw draw)
    {
        var rank = draw.Int(1, 4);
        var axis = draw.Int(0, rank - 1);
        var sizes = draw.Longs(rank, 1, 4);
        var parts = Enumerable
            .Range(0, draw.Int(1, 4))
            .Select(_ =>
            {
                sizes[axis] = draw.Long(1, 3);
                return new Operand(draw.Floats([.. sizes]));
            });
        return new OperatorCase("Concat", Attributes.None.With("axis", draw.Bool() ? axis : axis - rank), [.. parts]);
    }

    private static OperatorCase Split(Draw draw)
    {
        var rank = draw.Int(1, 4);
        var axis = draw.Int(0, rank - 1);
        var parts = draw.Longs(draw.Int(2, 3), 1, 3);
        var equal = draw.Bool();
        var sizes = draw.Longs(rank, 1, 4);
        sizes[axis] = equal ? parts[0] * parts.Length : parts.Sum();
        return new OperatorCase(
            "Split",
            Attributes.None.With("axis", draw.Bool() ? axis : axis - rank),
            draw.Floats(sizes),
            equal ? new Operand(null) : Operand.Constant(parts)
        )
        {
            OutputCount = parts.Length,
        };
    }
}
