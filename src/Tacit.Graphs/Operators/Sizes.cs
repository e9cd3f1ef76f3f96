namespace Tacit.Graphs.Operators;

/// <summary>Shape: the sizes of a tensor from the attribute `start` to `end`, as a vector.</summary>
internal sealed class ShapeOf() : OperatorSchema("Shape", 1, 1)
{
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call) =>
        [new TensorType(ElementType.Int64, Tacit.Graphs.Shape.Of(Sizes(call).Length))];

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

/// <summary>ConstantOfShape: a tensor of the given sizes, filled with the attribute `value` (Float32 0 by default).</summary>
internal sealed class ConstantOfShape() : OperatorSchema("ConstantOfShape", 1, 1, 0)
{
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var sizes = call.Numbers(0).Select(size => call.Dimension(size.Size ?? throw call.Undetermined("the shape"), "a size"));
        return [new TensorType(Fill(call).Element, new Shape([.. sizes]))];
    }

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
