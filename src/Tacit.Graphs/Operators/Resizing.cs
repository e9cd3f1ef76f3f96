namespace Tacit.Graphs.Operators;

/// <summary>Shape inference for Resize: x, roi, scales, sizes.</summary>
/// <remarks>
/// Either scales or sizes is given, with one entry for each axis. The modes are nearest, linear and cubic. A region of interest (roi) is
/// allowed only with the <c>coordinate_transformation_mode</c> tf_crop_and_resize; as in ONNX Runtime, it does not change the output size
/// that the scales give.
/// </remarks>
internal sealed class Resize() : OperatorSchema("Resize", 1, 4, 1, 2, 3)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        CheckAttributes(call);
        var x = call.Shape(0);
        var sizes = call.Has(3) ? Stated(call) : Scaled(call, x);
        return sizes.Length == x.Rank
            ? [call.Type(0) with { Shape = new Shape(sizes) }]
            : throw call.Error($"there must be {x.Rank} scales or sizes, not {sizes.Length}");
    }

    // A region of interest can shift the batch axis.
    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        base.KeepsSamplesApart(call, carries) && !call.Has(1);

    private static void CheckAttributes(OperatorCall call)
    {
        if (call.Attributes.Text("mode", "nearest") is var mode and not ("nearest" or "linear" or "cubic"))
        {
            throw call.Error($"the mode {mode} is not known");
        }

        if (call.Attributes.Text("coordinate_transformation_mode") is "tf_crop_and_resize" != call.Has(1))
        {
            throw call.Error("a region (input 1) goes with the coordinate_transformation_mode tf_crop_and_resize, and with no other");
        }
    }

    private static Dimension[] Stated(OperatorCall call) =>
        call.Has(2)
            ? throw call.Error("it has both scales and sizes")
            : [.. call.Numbers(3).Select(size => call.Dimension(size.Size ?? throw call.Undetermined("the sizes (input 3)"), "a size"))];

    private static Dimension[] Scaled(OperatorCall call, Shape x)
    {
        if (!call.Has(2))
        {
            throw call.Error("it has neither scales nor sizes");
        }

        var scales = call.Value(2)?.Elements ?? throw call.Undetermined("the scales (input 2)");
        return
        [
            .. scales.Select(
                (scale, axis) =>
                    axis < x.Rank
                        ? Scaled(call, x[axis], (float)(scale.Real ?? throw call.Undetermined("a scale")))
                        : throw call.Error($"there must be {x.Rank} scales, not {scales.Length}")
            ),
        ];
    }

    // Sizes are rounded down in single precision, as in ONNX Runtime. A symbolic size takes factors that are fractions with a small
    // denominator, such as 2, 0.5 and 1.5.
    private static Dimension Scaled(OperatorCall call, Dimension size, float scale)
    {
        const int MostParts = 64;
        if (scale is not (> 0 and < float.PositiveInfinity))
        {
            throw call.Error($"the scale {scale} is not valid");
        }

        if (size.IsKnown)
        {
            return (long)(size.Size * scale);
        }

        var parts = Enumerable.Range(1, MostParts).FirstOrDefault(parts => scale * parts == MathF.Floor(scale * parts));
        return parts > 0
            ? ((SizeExpression)size * (long)(scale * parts)).DivideDown(parts).ToDimension()
            : throw call.Undetermined($"{size} times {scale}");
    }
}

/// <summary>
/// Shape inference for DepthToSpace: (N, C, H, W) becomes (N, C / b², H * b, W * b) for the attribute <c>blocksize</c> b.
/// </summary>
/// <remarks>The attribute <c>mode</c> (DCR by default, or CRD) changes the order of the elements and not the shape.</remarks>
internal sealed class DepthToSpace() : OperatorSchema("DepthToSpace", 1, 1)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var (x, block) = (call.OfRank(0, 4, "input"), SpaceToDepth.Block(call));
        if (call.Attributes.Text("mode", "DCR") is var mode and not ("DCR" or "CRD"))
        {
            throw call.Error($"the mode {mode} is not known");
        }

        return
        [
            call.Type(0) with
            {
                Shape = new Shape(
                    x[0],
                    SpaceToDepth.Divide(call, x[1], checked(block * block)),
                    ((SizeExpression)x[2] * block).ToDimension(),
                    ((SizeExpression)x[3] * block).ToDimension()
                ),
            },
        ];
    }
}

/// <summary>
/// Shape inference for SpaceToDepth: (N, C, H, W) becomes (N, C * b², H / b, W / b) for the attribute <c>blocksize</c> b.
/// </summary>
internal sealed class SpaceToDepth() : OperatorSchema("SpaceToDepth", 1, 1)
{
    /// <summary>Reads the attribute <c>blocksize</c>.</summary>
    /// <exception cref="UnsuitableModelException">The attribute is less than 1.</exception>
    public static long Block(OperatorCall call) =>
        call.Attributes.Int("blocksize") is var block and > 0 ? block : throw call.Error("blocksize must be at least 1");

    /// <summary>Divides a size into equal parts.</summary>
    /// <param name="call">The node, for messages.</param>
    /// <param name="size">The size.</param>
    /// <param name="parts">The number of parts, at least 1.</param>
    /// <exception cref="UnsuitableModelException">
    /// The size is not divisible by <paramref name="parts"/>, or a symbol makes it undecidable.
    /// </exception>
    public static Dimension Divide(OperatorCall call, Dimension size, long parts)
    {
        var part = ((SizeExpression)size).DivideDown(parts);
        return (part * parts).Equals(size) ? part.ToDimension()
            : size.IsKnown ? throw call.Error($"{size} is not divisible by {parts}")
            : throw call.Undetermined($"whether {size} is divisible by {parts}");
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var (x, block) = (call.OfRank(0, 4, "input"), Block(call));
        return
        [
            call.Type(0) with
            {
                Shape = new Shape(
                    x[0],
                    ((SizeExpression)x[1] * checked(block * block)).ToDimension(),
                    Divide(call, x[2], block),
                    Divide(call, x[3], block)
                ),
            },
        ];
    }
}

/// <summary>Shape inference for GridSample: x (N, C, H, W) and the grid (N, height, width, 2) become (N, C, height, width).</summary>
/// <remarks>
/// The last axis of the grid is a position (x, y) in the input, from -1 to 1. The attributes are <c>mode</c> (bilinear, nearest or
/// bicubic), <c>padding_mode</c> (zeros, border or reflection) and <c>align_corners</c>.
/// </remarks>
internal sealed class GridSample() : OperatorSchema("GridSample", 2, 2)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var (x, grid) = (call.OfRank(0, 4, "input"), call.OfRank(1, 4, "grid"));
        if (call.Attributes.Text("mode", "bilinear") is var mode and not ("bilinear" or "nearest"))
        {
            throw call.Error($"the mode {mode} is not supported; supported are bilinear and nearest");
        }

        if (call.Attributes.Text("padding_mode", "zeros") is var padding and not ("zeros" or "border" or "reflection"))
        {
            throw call.Error($"the padding_mode {padding} is not known");
        }

        call.Same(grid[3], 2, "the numbers of coordinates and 2");
        return [call.Type(0) with { Shape = new Shape(call.Same(x[0], grid[0], "the numbers of samples"), x[1], grid[1], grid[2]) }];
    }

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) => carries[0] && carries[1];
}
