namespace Tacit.Graphs.Operators;

/// <summary>Shape inference for reductions such as ReduceMean, ReduceSum and ReduceL2.</summary>
/// <remarks>
/// In opset 17, the axes are the attribute <c>axes</c>; those of ReduceSum are input 1. Without axes all are reduced. A reduced axis
/// becomes 1, or is removed when <c>keepdims</c> is 0.
/// </remarks>
/// <param name="name">The ONNX operator name.</param>
/// <param name="onSizes">
/// Joins two integers or symbolic sizes, or returns null when the result depends on the symbols. Null when the elements are not followed.
/// </param>
internal sealed class Reduction(string name, Func<SizeExpression, SizeExpression, SizeExpression?>? onSizes = null)
    : OperatorSchema(name, 1, name == AxesAsInput ? 2 : 1, name == AxesAsInput ? [1] : [])
{
    /// <summary>The only reduction of opset 17 that takes its axes as an input.</summary>
    public const string AxesAsInput = "ReduceSum";

    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var x = call.Shape(0);
        var axes = Axes(call);
        var keep = call.Attributes.Int("keepdims", 1) != 0;
        var reduced = x.Select(
            (dimension, axis) =>
                axes.Contains(axis)
                    ? keep
                        ? 1
                        : (Dimension?)null
                    : dimension
        );
        return [call.Type(0) with { Shape = new Shape([.. reduced.OfType<Dimension>()]) }];
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs)
    {
        if (onSizes is null || call.Value(0) is not { } value || value.Elements.Length == 0 || value.Element.IsFloatingPoint())
        {
            return null;
        }

        var axes = Axes(call);
        long[] kept = [.. value.Sizes.Select((size, axis) => axes.Contains(axis) ? 1 : size)];
        var results = new Number?[outputs[0].Shape.ElementCount];
        foreach (var (place, element) in Places.Of(value.Sizes).Zip(value.Elements))
        {
            var index = Places.Index([.. place.Select((at, axis) => axes.Contains(axis) ? 0 : at)], kept);
            results[index] = results[index] is { } before ? Join(before, element) : element;
        }

        return [new PartialTensor(value.Element, outputs[0].Shape.ToSizes(), [.. results.Select(result => result!.Value)])];
    }

    private static int[] Axes(OperatorCall call)
    {
        var rank = call.Shape(0).Rank;
        var stated = call.Has(1) ? call.Integers(1, "axes") : call.Attributes.Ints("axes");
        return stated is { Length: > 0 } ? call.Axes(stated, rank) : [.. Enumerable.Range(0, rank)];
    }

    private Number Join(Number one, Number other) =>
        (one.Size, other.Size) is ({ } a, { } b) && onSizes!(a, b) is { } size ? Number.OfSize(size) : Number.Unknown;
}
