namespace Tacit.Graphs.Operators;

/// <summary>Shape inference for ArgMax and ArgMin: the Int64 index of the largest or smallest element along the attribute <c>axis</c>.</summary>
/// <remarks>
/// <c>axis</c> is 0 by default. The axis becomes 1, or is removed when <c>keepdims</c> is 0. Of equal elements the first one counts, or the
/// last one with <c>select_last_index</c>.
/// </remarks>
/// <param name="name">The ONNX operator name.</param>
internal sealed class ArgExtremum(string name) : OperatorSchema(name, 1, 1)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var x = call.Shape(0);
        var along = call.Axis(call.Attributes.Int("axis"), x.Rank);
        var shape = call.Attributes.Int("keepdims", 1) != 0 ? x.With(along, 1) : new Shape([.. x.Where((_, axis) => axis != along)]);
        return [new TensorType(ElementType.Int64, shape)];
    }

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        call.Axis(call.Attributes.Int("axis"), call.Shape(0).Rank) > 0;
}

/// <summary>Shape inference for TopK: the k (input 1) largest or smallest elements along the attribute <c>axis</c> (default -1).</summary>
/// <remarks>The outputs are the elements in order, and their Int64 indices. With <c>largest</c> = 0 they are the smallest ones.</remarks>
internal sealed class TopK : OperatorSchema
{
    /// <summary>Creates the schema with two outputs.</summary>
    public TopK()
        : base("TopK", 2, 2, 1) => MaximumOutputs = 2;

    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var x = call.Type(0);
        var along = call.Axis(call.Attributes.Int("axis", -1), x.Shape.Rank);
        var count = call.Numbers(1) is [{ Size: { } size }] ? size : throw call.Undetermined("the number of elements (input 1)");
        if (((SizeExpression)x.Shape[along] - count).Constant is < 0)
        {
            throw call.Error($"an axis of {x.Shape[along]} does not have {count} elements");
        }

        var values = x with { Shape = x.Shape.With(along, call.Dimension(count, "the number of elements")) };
        return [values, values with { Element = ElementType.Int64 }];
    }

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        base.KeepsSamplesApart(call, carries) && call.Axis(call.Attributes.Int("axis", -1), call.Shape(0).Rank) > 0;
}

/// <summary>Shape inference for OneHot: indices, depth, and the two values [off, on].</summary>
/// <remarks>The new axis has the size depth. Its position in the result is the attribute <c>axis</c> (default -1, the last).</remarks>
internal sealed class OneHot() : OperatorSchema("OneHot", 3, 3, 1)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var indices = call.Shape(0);
        var along = call.Axis(call.Attributes.Int("axis", -1), indices.Rank + 1);
        var depth = call.Value(1)?.Elements switch
        {
            [{ Size: { } size }] => size,
            [{ Real: { } real }] => (long)real,
            _ => throw call.Undetermined("the depth (input 1)"),
        };
        call.Same(call.OfRank(2, 1, "values")[0], 2, "the number of values and 2");
        return
        [
            call.Type(2) with
            {
                Shape = new Shape([.. indices.Take(along), call.Dimension(depth, "the depth"), .. indices.Skip(along)]),
            },
        ];
    }

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        base.KeepsSamplesApart(call, carries) && call.Axis(call.Attributes.Int("axis", -1), call.Shape(0).Rank + 1) > 0;
}

/// <summary>Shape inference for CumSum: the sum of all elements up to each place along an axis (input 1).</summary>
/// <remarks>With <c>exclusive</c>, the element itself does not count. With <c>reverse</c>, the sum runs from the end.</remarks>
internal sealed class CumSum() : OperatorSchema("CumSum", 2, 2, 1)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call) => [call.Type(0)];

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        base.KeepsSamplesApart(call, carries) && call.Integers(1, "axis") is [var axis] && call.Axis(axis, call.Shape(0).Rank) > 0;
}

/// <summary>Shape inference for Trilu: the upper or lower triangle of the matrices in the last two axes; other elements become 0.</summary>
/// <remarks>
/// <c>upper</c> is 1 by default. Input 1 is the number of the diagonal that limits the triangle, 0 (the main one) if it is left out.
/// </remarks>
internal sealed class Trilu() : OperatorSchema("Trilu", 1, 2, 1)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call) =>
        call.Shape(0).Rank >= 2
            ? [call.Type(0)]
            : throw call.Error($"the input must have at least 2 dimensions, not {call.Shape(0).Rank} ({call.Shape(0)})");

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) =>
        base.KeepsSamplesApart(call, carries) && call.Shape(0).Rank > 2;
}

/// <summary>Shape inference for EyeLike: a matrix of the size of x with ones on the diagonal <c>k</c> (default 0), else zeros.</summary>
/// <remarks>The attribute <c>dtype</c> is the element type; that of x by default.</remarks>
internal sealed class EyeLike() : OperatorSchema("EyeLike", 1, 1)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var element = (ElementType)call.Attributes.Int("dtype", (long)call.Type(0).Element);
        return [new TensorType(element, call.OfRank(0, 2, "input"))];
    }

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) => false;
}

/// <summary>Shape inference for NonZero: the Int64 indices (rank of x, count) of the elements that are not 0.</summary>
/// <remarks>The count depends on the elements. It becomes a symbol that is named after the output.</remarks>
internal sealed class NonZero() : OperatorSchema("NonZero", 1, 1)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call) =>
        [new TensorType(ElementType.Int64, new Shape(Math.Max(1, call.Shape(0).Rank), $"{call.Node.Output}_count"))];

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) => false;
}

/// <summary>Shape inference for NonMaxSuppression: boxes (N, M, 4), scores (N, classes, M), and up to three scalars.</summary>
/// <remarks>
/// The scalars are the largest number of boxes of each class (default 0: none), the IoU above which a box is dropped (default 0), and the
/// score that a box must exceed. The result lists the selected boxes as (batch, class, box) in Int64. Their number depends on the elements.
/// It becomes a symbol that is named after the output.
/// </remarks>
internal sealed class NonMaxSuppression() : OperatorSchema("NonMaxSuppression", 2, 5)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        var (boxes, scores) = (call.OfRank(0, 3, "boxes"), call.OfRank(1, 3, "scores"));
        call.Same(boxes[0], scores[0], "the numbers of samples");
        call.Same(boxes[1], scores[2], "the numbers of boxes and of scores");
        call.Same(boxes[2], 4, "the numbers of coordinates and 4");
        return [new TensorType(ElementType.Int64, new Shape($"{call.Node.Output}_count", 3))];
    }

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) => false;
}

/// <summary>Shape inference for Range: the numbers from start (input 0) to limit (input 1, exclusive) in steps of delta (input 2).</summary>
/// <remarks>A count that is not known becomes a symbol that is named after the output.</remarks>
internal sealed class NumberRange() : OperatorSchema("Range", 3, 3)
{
    /// <inheritdoc/>
    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        call.SameElements(0, 1);
        call.SameElements(0, 2);
        return [new TensorType(call.Type(0).Element, new Shape(Count(call)))];
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs)
    {
        var (start, delta) = (Scalar(call, 0), Scalar(call, 2));
        var element = outputs[0].Element;
        var places = Enumerable.Range(0, (int)outputs[0].Shape[0].Size);
        IEnumerable<Number>? numbers = (start, delta) switch
        {
            ({ Real: { } from }, { Real: { } step }) => places.Select(place => Number.OfReal(from + place * step).As(element)),
            ({ Size: { } from }, { Integer: { } step }) => places.Select(place => Number.OfSize(from + place * step)),
            _ => null,
        };
        return numbers is null ? null : [new PartialTensor(element, outputs[0].Shape.ToSizes(), [.. numbers])];
    }

    /// <inheritdoc/>
    internal override bool KeepsSamplesApart(OperatorCall call, IReadOnlyList<bool> carries) => false;

    private static Number Scalar(OperatorCall call, int input) => call.Value(input)?.Elements is [var number] ? number : Number.Unknown;

    private static Dimension Count(OperatorCall call) =>
        (Scalar(call, 0), Scalar(call, 1), Scalar(call, 2)) switch
        {
            (_, _, { Integer: 0 } or { Real: 0 }) => throw call.Error("the step is 0"),
            ({ Real: { } start }, { Real: { } limit }, { Real: { } delta }) => checked(
                (long)Math.Max(0, Math.Ceiling((limit - start) / delta))
            ),
            ({ Size: { } start }, { Size: { } limit }, { Integer: { } delta }) when Span(start, limit, delta) is { } span => (
                span.Constant is <= 0 ? 0 : span.DivideUp(Math.Abs(delta))
            ).ToDimension(),
            _ => $"{call.Node.Output}_count",
        };

    // Null if the sign of a symbolic span is not known.
    private static SizeExpression? Span(SizeExpression start, SizeExpression limit, long delta) =>
        (delta > 0 ? limit - start : start - limit) is var span && (span.Constant is not null || span.Least >= 0) ? span : null;
}
