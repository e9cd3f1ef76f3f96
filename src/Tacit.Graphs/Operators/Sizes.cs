namespace Tacit.Graphs.Operators;

/// <summary>Shape inference for Shape, which returns the sizes of x as an Int64 vector.</summary>
/// <remarks>
/// The attributes <c>start</c> (default 0) and <c>end</c> (default: the rank) select a range of axes. Negative values count from the end,
/// and values out of range are clamped.
/// </remarks>
internal sealed class ShapeOf() : OperatorSchema("Shape", 1, 1)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call) =>
        [new TensorType(ElementType.Int64, Tacit.Graphs.Shape.Of(Sizes(call).Length))];

    /// <inheritdoc/>
    internal override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs)
    {
        var sizes = Sizes(call);
        return [new PartialTensor(ElementType.Int64, [sizes.Length], [.. sizes.Select(size => Number.OfSize(size))])];
    }

    private static Dimension[] Sizes(OperatorCall call)
    {
        var x = call.Shape(0);
        var (start, end) = (Place(call.Attributes.Int("start")), Place(call.Attributes.Int("end", x.Rank)));
        return [.. x.Take(end).Skip(start)];

        int Place(long place) => (int)Math.Clamp(place < 0 ? place + x.Rank : place, 0, x.Rank);
    }
}

/// <summary>
/// Shape inference for ConstantOfShape, which fills a tensor of the given sizes with the attribute <c>value</c> (default: Float32 0).
/// </summary>
internal sealed class ConstantOfShape() : OperatorSchema("ConstantOfShape", 1, 1, 0)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var sizes = call.Numbers(0).Select(size => call.Dimension(size.Size ?? throw call.Undetermined("the shape"), "a size"));
        return [new TensorType(Fill(call).Element, new Shape([.. sizes]))];
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs)
    {
        var (element, shape) = outputs[0];
        var fill = PartialTensor.Of(Fill(call)).Elements[0];
        return [new PartialTensor(element, shape.ToSizes(), [.. Enumerable.Repeat(fill, (int)shape.ElementCount)])];
    }

    private static TensorData Fill(OperatorCall call)
    {
        var fill = call.Attributes.Tensor("value") ?? TensorData.Of<float>([0f]);
        return fill.Count == 1 ? fill : throw call.Error($"its value must have one element, not {fill.Count}");
    }
}
