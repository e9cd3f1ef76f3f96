using Tacit.Graphs;

namespace Tacit.Conformance.Operators;

/// <summary>Expand and Tile.</summary>
internal static class RepeatingCases
{
    public static IEnumerable<CaseFamily> All { get; } =
    [
        new(
            "Expand",
            draw =>
            {
                var sizes = draw.Longs(draw.Int(1, 4), 1, 4);
                var wanted = draw.Thinned(sizes);
                return new OperatorCase(
                    "Expand",
                    Attributes.None,
                    draw.Floats(draw.Thinned(sizes)),
                    Operand.Constant(wanted.Length > 0 ? wanted : sizes)
                );
            }
        ),
        new(
            "Tile",
            draw =>
            {
                var rank = draw.Int(1, 4);
                return new OperatorCase(
                    "Tile",
                    Attributes.None,
                    draw.Floats(draw.Longs(rank, 1, 3)),
                    Operand.Constant(draw.Longs(rank, 1, 3))
                );
            }
        ),
    ];
}
