using Tacit.Graphs;

namespace Tacit.Conformance.Operators;

/// <summary>Resize and GridSample.</summary>
internal static class ResizingCases
{
    public static IEnumerable<CaseFamily> All { get; } =
    [
        .. from mode in new[] { "nearest", "linear" }
        from transformation in new[] { "half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners" }
        select new CaseFamily($"Resize, {mode}, {transformation}", draw => Resized(draw, mode, transformation)),
        .. new[] { "half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners" }.Select(transformation => new CaseFamily(
            $"Resize, cubic, {transformation}",
            draw => Cubic(draw, transformation)
        )),
        .. from mode in new[] { "bilinear", "nearest" }
        from padding in new[] { "zeros", "border", "reflection" }
        select new CaseFamily($"GridSample, {mode}, {padding}", draw => Sampled(draw, mode, padding)),
        .. new[] { "nearest", "linear" }.Select(mode => new CaseFamily($"Resize, {mode}, tf_crop_and_resize", draw => Cropped(draw, mode))),
    ];

    private static OperatorCase Resized(Draw draw, string mode, string transformation)
    {
        var rank = draw.Int(1, 3);
        long[] sizes = [draw.Long(1, 2), draw.Long(1, 2), .. draw.Longs(rank, 2, 5)];
        var attributes = Attributes.None.With("mode", mode).With("coordinate_transformation_mode", transformation);
        if (mode == "nearest" && draw.Bool())
        {
            attributes = attributes.With("nearest_mode", draw.Pick("round_prefer_floor", "round_prefer_ceil", "floor", "ceil"));
        }

        float[] scales = [1, 1, .. Enumerable.Range(0, rank).Select(_ => draw.Pick(2, 3, 1, 0.5f, 1.5f, 0.75f))];
        return draw.Bool()
            ? new OperatorCase("Resize", attributes, draw.Floats(sizes), new Operand(null), Constant(scales))
            : new OperatorCase(
                "Resize",
                attributes,
                draw.Floats(sizes),
                new Operand(null),
                new Operand(null),
                Operand.Constant([.. sizes.Zip(scales, (size, scale) => Math.Max(1, (long)(size * scale)))])
            );
    }

    // The runtime interpolates cubically only over the last two of four axes.
    private static OperatorCase Cubic(Draw draw, string transformation)
    {
        long[] sizes = [draw.Long(1, 2), draw.Long(1, 2), .. draw.Longs(2, 2, 6)];
        var attributes = Attributes
            .None.With("mode", "cubic")
            .With("coordinate_transformation_mode", transformation)
            .With("cubic_coeff_a", draw.Pick(-0.5f, -0.75f))
            .With("exclude_outside", draw.Long(0, 1));
        return new OperatorCase(
            "Resize",
            attributes,
            draw.Floats(sizes),
            new Operand(null),
            new Operand(null),
            Operand.Constant(sizes[0], sizes[1], draw.Long(1, 9), draw.Long(1, 9))
        );
    }

    private static OperatorCase Sampled(Draw draw, string mode, string padding)
    {
        var samples = draw.Long(1, 2);
        return new OperatorCase(
            "GridSample",
            Attributes.None.With("mode", mode).With("padding_mode", padding).With("align_corners", draw.Long(0, 1)),
            draw.Floats(samples, draw.Long(1, 2), draw.Long(2, 5), draw.Long(2, 5)),
            draw.Floats(-1.4f, 1.4f, [samples, draw.Long(1, 4), draw.Long(1, 4), 2])
        );
    }

    private static OperatorCase Cropped(Draw draw, string mode)
    {
        long[] sizes = [1, draw.Long(1, 2), .. draw.Longs(2, 3, 5)];
        float[] region = [0, 0, draw.Float(-0.2f, 0.4f), draw.Float(-0.2f, 0.4f), 1, 1, draw.Float(0.6f, 1.2f), draw.Float(0.6f, 1.2f)];
        var scaled = draw.Bool();
        return new OperatorCase(
            "Resize",
            Attributes
                .None.With("mode", mode)
                .With("coordinate_transformation_mode", "tf_crop_and_resize")
                .With("extrapolation_value", draw.Float(-1, 1)),
            draw.Floats(sizes),
            Constant(region),
            scaled ? Constant([1, 1, draw.Float(1, 3), draw.Float(1, 3)]) : new Operand(null),
            scaled ? new Operand(null) : Operand.Constant(sizes[0], sizes[1], draw.Long(2, 6), draw.Long(2, 6))
        );
    }

    private static Operand Constant(float[] values) => new(TensorData.Of<float>(values), IsConstant: true);
}
