namespace Tacit.Graphs.Operators;

/// <summary>Shape inference for Slice: x, starts, ends, axes, steps.</summary>
/// <remarks>
/// Negative starts and ends count from the end of the axis, and values out of range are clamped. Axes default to the first ones, and steps
/// default to 1; a negative step goes backwards.
/// </remarks>
internal sealed class Slice() : OperatorSchema("Slice", 3, 5, 1, 2, 3, 4)
{
    // Exporters write any number of at least this value to mean the end of the axis.
    private const long Beyond = int.MaxValue;

    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var ranges = Ranges(call);
        var sizes = call.Shape(0).Select((size, axis) => ranges.TryGetValue(axis, out var range) ? range.Size.ToDimension() : size);
        return [call.Type(0) with { Shape = new Shape([.. sizes]) }];
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs)
    {
        var ranges = Ranges(call);
        return call.Value(0) is { } value && ranges.Values.All(range => range.Start.Constant is not null)
            ?
            [
                value.Rearrange(
                    outputs[0].Shape.ToSizes(),
                    place =>
                        [
                            .. place.Select(
                                (at, axis) => ranges.TryGetValue(axis, out var range) ? range.Start.Constant!.Value + at * range.Step : at
                            ),
                        ]
                ),
            ]
            : null;
    }

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        base.KeepsSamplesApart(call, carries)
        && (!Ranges(call).TryGetValue(0, out var range) || (range.Start.Constant == 0 && range.Step == 1));

    private static Dictionary<int, Range> Ranges(OperatorCall call)
    {
        var x = call.Shape(0);
        var (starts, ends) = (call.Numbers(1), call.Numbers(2));
        var axes = call.Axes(call.Has(3) ? call.Integers(3, "axes") : [.. Enumerable.Range(0, starts.Length)], x.Rank);
        var steps = call.Has(4) ? call.Integers(4, "steps") : [.. Enumerable.Repeat(1L, starts.Length)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length)
        {
            throw call.Error("starts, ends, axes and steps differ in length");
        }

        return axes.Select((axis, i) => KeyValuePair.Create(axis, RangeOf(call, x[axis], starts[i], ends[i], steps[i]))).ToDictionary();
    }

    private static Range RangeOf(OperatorCall call, Dimension size, Number start, Number end, long step)
    {
        if (step == 0)
        {
            throw call.Error("a step is 0");
        }

        if (size == 0)
        {
            return new Range(0, step, 0);
        }

        // With a positive step, places are clamped to 0..size. With a negative step, they are clamped to 0..size-1, and the end may be -1.
        var highest = (SizeExpression)size - (step > 0 ? 0 : 1);
        var from = Place(call, size, start, 0, highest);
        // The largest integer as the end means the last place in the direction of the step, as in ONNX Runtime.
        var to = step < 0 && end.Integer is (int.MaxValue or long.MaxValue) ? -1 : Place(call, size, end, step > 0 ? 0 : -1, highest);
        var span = step > 0 ? to - from : from - to;
        return span.Falls
            ? throw call.Undetermined($"the number of places from {from} to {to}")
            : new Range(from, step, span.Constant is <= 0 ? 0 : span.DivideUp(Math.Abs(step)));
    }

    private static SizeExpression Place(OperatorCall call, SizeExpression size, Number stated, long lowest, SizeExpression highest)
    {
        var place = stated.Size ?? throw call.Undetermined("a place");
        if (place.Constant is { } number)
        {
            if (number is >= Beyond or <= -Beyond)
            {
                return number > 0 ? highest : lowest;
            }

            place = number < 0 ? size + number : number;
        }

        if (place.Constant is { } known && highest.Constant is { } last)
        {
            return Math.Clamp(known, lowest, last);
        }

        // Clamping is safe for three symbolic places: 0, a place counted from the end (assumed to exist), and a place at a
        // known distance from the end.
        return place.Constant == 0 || stated.Integer is < 0 ? place
            : (place - highest).Constant is { } past
                ? past >= 0 ? highest
                    : place
            : throw call.Undetermined($"whether the place {place} lies within {size}");
    }

    private readonly record struct Range(SizeExpression Start, long Step, SizeExpression Size);
}
