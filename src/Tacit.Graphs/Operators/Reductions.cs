namespace Tacit.Graphs.Operators;

/// <summary>
/// ReduceMean and its like over some axes, all where none are given. The axes are the attribute `axes`; those of ReduceSum are input 1.
/// </summary>
/// <param name="name">The operator.</param>
/// <param name="onSizes">How it joins two sizes, where results of whole numbers are followed.</param>
internal sealed class Reduction(string name, Func<SizeExpression, SizeExpression, SizeExpression?>? onSizes = null)
    : OperatorSchema(name, 1, name == AxesAsInput ? 2 : 1, name == AxesAsInput ? [1] : [])
{
    /// <summary>The reduction whose axes are an input in the dialect.</summary>
    public const string AxesAsInput = "ReduceSum";

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
