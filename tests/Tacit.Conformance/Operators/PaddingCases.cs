using Tacit.Graphs;

namespace Tacit.Conformance.Operators;

/// <summary>Pad.</summary>
internal static class PaddingCases
{
    public static IEnumerable<CaseFamily> All { get; } =
    [
        .. new[] { "constant", "edge", "reflect" }.Select(mode => new CaseFamily($"Pad, {mode}", draw => Padded(draw, mode))),
        new(
            "Pad by less than nothing",
            draw => new OperatorCase(
                "Pad",
                Attributes.None,
                draw.Floats(2, 5, 5),
                Operand.Constant([.. draw.Longs(6, 0, 1).Select((pad, i) => i is 0 or 3 ? pad : pad - 2)])
            )
        ),
    ];

    private static OperatorCase Padded(Draw draw, string mode)
    {
        var rank = draw.Int(1, 4);
        var value = mode == "constant" && draw.Bool() ? TensorData.Scalar(draw.Float(-1, 1)) : null;
        return new OperatorCase(
            "Pad",
            mode == "constant" && draw.Bool() ? Attributes.None : Attributes.None.With("mode", mode),
            draw.Floats(draw.Longs(rank, 3, 5)),
            Operand.Constant(draw.Longs(2 * rank, 0, 2)),
            new Operand(value, IsConstant: true)
        );
    }
}
