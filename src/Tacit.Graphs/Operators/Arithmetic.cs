namespace Tacit.Graphs.Operators;

/// <summary>Arithmetic on tensors of one type that broadcast: of two, or, for Min and Max, of any number.</summary>
internal sealed class Arithmetic(
    string name,
    Func<SizeExpression, SizeExpression, SizeExpression?> onSizes,
    Func<double, double, double> onReals,
    int minimumInputs = 2,
    int maximumInputs = 2
) : Broadcasting(name, minimumInputs, maximumInputs)
{
    /// <summary>Division of whole numbers, towards zero where both are numbers; sizes are positive.</summary>
    public static SizeExpression Divide(SizeExpression left, SizeExpression right) =>
        left.Constant is { } dividend && right.Constant is { } divisor ? checked(dividend / divisor)
        : right.Constant is < 0 ? throw new OverflowException()
        : left.DivideDown(right);

    /// <summary>The smaller size; null where that depends on symbols.</summary>
    public static SizeExpression? Smaller(SizeExpression left, SizeExpression right) =>
        (right - left).Least >= 0 ? left
        : (left - right).Least >= 0 ? right
        : null;

    /// <summary>The larger size; null where that depends on symbols.</summary>
    public static SizeExpression? Larger(SizeExpression left, SizeExpression right) =>
        (left - right).Least >= 0 ? left
        : (right - left).Least >= 0 ? right
        : null;

    protected override ElementType ElementOf(OperatorCall call)
    {
        for (var input = 1; input < call.InputCount; input++)
        {
            call.SameElements(0, input);
        }

        return call.Type(0).Element;
    }

    protected override Number Combine(IEnumerable<Number> operands) =>
        operands.Aggregate(
            (left, right) =>
                (left, right) switch
                {
                    ({ Real: { } a }, { Real: { } b }) => Number.OfReal(onReals(a, b)),
                    ({ Size: { } a, Real: null }, { Size: { } b, Real: null }) when onSizes(a, b) is { } size => Number.OfSize(size),
                    _ => Number.Unknown,
                }
        );
}

/// <summary>Pow: base, exponent; the two broadcast, and the result has the type of the base.</summary>
internal sealed class Power() : Broadcasting("Pow", 2, 2)
{
    protected override ElementType ElementOf(OperatorCall call) => call.Type(0).Element;

    protected override Number Combine(IEnumerable<Number> operands)
    {
        double?[] known = [.. operands.Select(operand => operand.Real ?? operand.Integer)];
        return (known[0], known[1]) is ({ } x, { } exponent) ? Number.OfReal(Math.Pow(x, exponent)) : Number.Unknown;
    }
}
