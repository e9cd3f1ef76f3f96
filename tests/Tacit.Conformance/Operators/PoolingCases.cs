using Tacit.Graphs;

namespace Tacit.Conformance.Operators;

/// <summary>Draws the attributes of a moving window.</summary>
internal static class Windows
{
    public static Attributes Draw(Draw draw, Attributes attributes, long[] kernel, bool declareKernel, bool dilated)
    {
        var rank = kernel.Length;
        if (declareKernel)
        {
            attributes = attributes.With("kernel_shape", [.. kernel]);
        }

        // ONNX Runtime rejects "same" windows that skip elements.
        var auto = draw.Pick("", "", "", "SAME_UPPER", "SAME_LOWER", "VALID");
        if (draw.Bool())
        {
            attributes = attributes.With("strides", [.. kernel.Select(size => draw.Long(1, auto.StartsWith('S') ? (int)size : 3))]);
        }

        if (dilated && auto is "" && draw.Bool())
        {
            attributes = attributes.With("dilations", [.. draw.Longs(rank, 1, 2)]);
        }

        // With a pad as large as the kernel, some windows would contain no data.
        return auto.Length > 0
            ? attributes.With("auto_pad", auto)
            : draw.Pick(0, 1, 2) switch
            {
                0 => attributes,
                1 => attributes.With("pads", [.. Pads(draw, kernel), .. Pads(draw, kernel)]),
                _ => Symmetric(attributes, Pads(draw, kernel)),
            };
    }

    private static Attributes Symmetric(Attributes attributes, long[] pads) => attributes.With("pads", [.. pads, .. pads]);

    private static long[] Pads(Draw draw, long[] kernel) => [.. kernel.Select(size => draw.Long(0, (int)size - 1))];
}

/// <summary>MaxPool, AveragePool and their global forms.</summary>
internal static class PoolingCases
{
    public static IEnumerable<CaseFamily> All { get; } =
    [
        .. Enumerable
            .Range(1, 3)
            .SelectMany(rank =>
                new[]
                {
                    new CaseFamily($"MaxPool over {rank} axes", draw => Case(draw, "MaxPool", rank, dilated: true)),
                    new CaseFamily(
                        $"AveragePool over {rank} axes",
                        draw => CountingPads(draw, Case(draw, "AveragePool", rank, dilated: false))
                    ),
                    new CaseFamily(
                        $"AveragePool over {rank} axes, dilated",
                        draw => CountingPads(draw, Case(draw, "AveragePool", rank, dilated: true) with { Opset = 19 })
                    ),
                }
            ),
        new(
            "MaxPool of integers",
            draw =>
                Case(draw, "MaxPool", 2, dilated: false) with
                {
                    Operands = [draw.Bool() ? draw.Bytes(1, 2, 7, 7) : draw.SignedBytes(1, 2, 7, 7)],
                }
        )
        {
            HasGradient = false,
        },
        .. new[] { "GlobalAveragePool", "GlobalMaxPool" }.Select(name => new CaseFamily(
            name,
            draw => new OperatorCase(name, Attributes.None, draw.Floats([2, 3, .. draw.Longs(draw.Int(1, 3), 1, 5)]))
        )),
    ];

    private static OperatorCase CountingPads(Draw draw, OperatorCase drawn) =>
        draw.Bool() ? drawn with { Attributes = drawn.Attributes.With("count_include_pad", 1) } : drawn;

    private static OperatorCase Case(Draw draw, string name, int rank, bool dilated)
    {
        var attributes = Windows.Draw(draw, Attributes.None, draw.Longs(rank, 1, 3), declareKernel: true, dilated);
        if (draw.Bool() && !attributes.Has("auto_pad"))
        {
            attributes = attributes.With("ceil_mode", 1);
        }

        return new OperatorCase(
            name,
            attributes,
            draw.Floats([draw.Long(1, 2), draw.Long(1, 3), .. draw.Longs(rank, 5, rank == 3 ? 6 : 9)])
        );
    }
}
