namespace Tacit.Graphs.Operators;

/// <summary>Add, Sub, Mul or Div of two tensors that broadcast.</summary>
internal sealed class Arithmetic(
    string name, Func<SizeExpression, SizeExpression, SizeExpression> onSizes, Func<double, double, double> onReals)
    : OperatorSchema(name, 2, 2)
{
    /// <summary>Division of whole numbers, towards zero where both are numbers; sizes are positive.</summary>
    public static SizeExpression Divide(SizeExpression left, SizeExpression right) =>
        left.Constant is { } dividend && right.Constant is { } divisor ? checked(dividend / divisor)
        : right.Constant is < 0 ? throw new OverflowException()
        : left.DivideDown(right);

    internal override IReadOnlyList<TensorType> Infer(OperatorCall call)
    {
        call.SameElements(0, 1);
        return [call.Type(0) with { Shape = call.Broadcast(call.Shape(0), call.Shape(1)) }];
    }

    internal override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs)
    {
        if ((call.Value(0), call.Value(1)) is not ({ } left, { } right))
        {
            return null;
        }

        var element = outputs[0].Element;
        var sizes = outputs[0].Shape.ToSizes();
        return [new PartialTensor(element, sizes, [.. Spread(left, sizes).Zip(Spread(right, sizes), (a, b) => Combine(a, b).As(element))])];
    }

    private static Number[] Spread(PartialTensor tensor, long[] sizes) => tensor.Rearrange(sizes, place =>
        [.. place[(sizes.Length - tensor.Sizes.Length)..].Select((at, axis) => tensor.Sizes[axis] == 1 ? 0 : at)]).Elements;

    private Number Combine(Number left, Number right) => (left, right) switch
    {
        ({ Real: { } a }, { Real: { } b }) => Number.OfReal(onReals(a, b)),
        ({ Size: { } a, Real: null }, { Size: { } b, Real: null }) => Number.OfSize(onSizes(a, b)),
        _ => Number.Unknown,
    };
}
