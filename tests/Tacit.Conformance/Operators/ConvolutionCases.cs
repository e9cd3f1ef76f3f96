using Tacit.Graphs;

namespace Tacit.Conformance.Operators;

/// <summary>Conv and ConvTranspose.</summary>
internal static class ConvolutionCases
{
    public static IEnumerable<CaseFamily> All { get; } =
        Enumerable
            .Range(1, 3)
            .SelectMany(rank =>
                new[]
                {
                    new CaseFamily($"Conv over {rank} axes", draw => Plain(draw, rank)) { Count = rank == 3 ? 15 : 30 },
                    new CaseFamily($"ConvTranspose over {rank} axes", draw => Transposed(draw, rank)) { Count = rank == 3 ? 15 : 30 },
                }
            );

    private static OperatorCase Plain(Draw draw, int rank)
    {
        var groups = draw.Int(1, 3);
        var (inward, outward) = (groups * draw.Int(1, 2), groups * draw.Int(1, 2));
        var kernel = draw.Longs(rank, 1, 3);
        var attributes = Attributes.None.With("group", groups);
        attributes = Windows.Draw(draw, attributes, kernel, declareKernel: draw.Bool(), dilated: true);
        var bias = draw.Bool() ? draw.Floats(outward) : null;
        return new OperatorCase(
            "Conv",
            attributes,
            draw.Floats([draw.Long(1, 2), inward, .. draw.Longs(rank, 5, rank == 3 ? 6 : 9)]),
            draw.Floats([outward, inward / groups, .. kernel]),
            bias
        );
    }

    private static OperatorCase Transposed(Draw draw, int rank)
    {
        var groups = draw.Int(1, 3);
        var (inward, outward) = (groups * draw.Int(1, 2), draw.Int(1, 2));
        var (kernel, sizes) = (draw.Longs(rank, 1, 3), draw.Longs(rank, 3, rank == 3 ? 4 : 6));
        var attributes = Windows.Draw(draw, Attributes.None.With("group", groups), kernel, declareKernel: draw.Bool(), dilated: true);
        var strides = attributes.Ints("strides") ?? [.. Enumerable.Repeat(1L, rank)];
        if (!attributes.Has("auto_pad") && draw.Bool())
        {
            // The runtime requires less than one stride.
            attributes = attributes.With("output_padding", [.. strides.Select(stride => draw.Long(0, (int)stride - 1))]);
        }

        if (!attributes.Has("auto_pad") && !attributes.Has("pads") && draw.Bool())
        {
            var dilations = attributes.Ints("dilations") ?? [.. Enumerable.Repeat(1L, rank)];
            var whole = kernel.Select((size, axis) => (sizes[axis] - 1) * strides[axis] + (size - 1) * dilations[axis] + 1);
            attributes = attributes.With("output_shape", [.. whole.Select(size => draw.Long((int)Math.Max(1, size - 3), (int)size + 1))]);
        }

        return new OperatorCase(
            "ConvTranspose",
            attributes,
            draw.Floats([draw.Long(1, 2), inward, .. sizes]),
            draw.Floats([inward, outward, .. kernel]),
            draw.Bool() ? draw.Floats(groups * outward) : null
        );
    }
}
