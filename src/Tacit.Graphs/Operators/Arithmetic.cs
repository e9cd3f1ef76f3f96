namespace Tacit.Graphs.Operators;

/// <summary>Shape inference for the element-wise arithmetic operators: Add, Sub, Mul, Div, Mod, Min and Max.</summary>
/// <remarks>
/// All inputs have the same element type and broadcast as in NumPy. Add, Sub, Mul, Div and Mod take two inputs; Min and Max take one or more.
/// The result has the common element type and the broadcast shape.
/// </remarks>
/// <param name="name">The ONNX operator name.</param>
/// <param name="onSizes">
/// Computes the result for two integers or symbolic sizes. Returns null when the result depends on the symbols.
/// </param>
/// <param name="onReals">Computes the result for two real numbers.</param>
/// <param name="minimumInputs">The smallest number of inputs a node may have.</param>
/// <param name="maximumInputs">The largest number of inputs a node may have.</param>
internal sealed class Arithmetic(
    string name,
    Func<SizeExpression, SizeExpression, SizeExpression?> onSizes,
    Func<double, double, double> onReals,
    int minimumInputs = 2,
    int maximumInputs = 2
) : Broadcasting(name, minimumInputs, maximumInputs)
{
    /// <summary>Divides two integers as ONNX Div does.</summary>
    /// <remarks>
    /// Two numbers are divided towards zero. A symbolic quotient is rounded down, which gives the same result because sizes are never
    /// negative.
    /// </remarks>
    /// <param name="left">The dividend.</param>
    /// <param name="right">The divisor.</param>
    /// <exception cref="OverflowException">The dividend is symbolic and the divisor is a negative number.</exception>
    /// <exception cref="DivideByZeroException">The divisor is 0.</exception>
    public static SizeExpression Divide(SizeExpression left, SizeExpression right) =>
        left.Constant is { } dividend && right.Constant is { } divisor ? checked(dividend / divisor)
        : right.Constant is < 0 ? throw new OverflowException()
        : left.DivideDown(right);

    /// <summary>Returns the smaller of two sizes, or null when the order depends on the values of symbols.</summary>
    /// <remarks>Every symbol is at least 1, so N is known to be smaller than N+1, but the order of N and 2 is unknown.</remarks>
    public static SizeExpression? Smaller(SizeExpression left, SizeExpression right) =>
        (right - left).Least >= 0 ? left
        : (left - right).Least >= 0 ? right
        : null;

    /// <summary>Returns the larger of two sizes, or null when the order depends on the values of symbols.</summary>
    public static SizeExpression? Larger(SizeExpression left, SizeExpression right) =>
        (left - right).Least >= 0 ? left
        : (right - left).Least >= 0 ? right
        : null;

    /// <inheritdoc/>
    protected override ElementType ElementOf(OperatorCall call)
    {
        for (var input = 1; input < call.InputCount; input++)
        {
            call.SameElements(0, input);
        }

        return call.Type(0).Element;
    }

    /// <inheritdoc/>
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

/// <summary>Shape inference for Pow: base (input 0) raised to exponent (input 1).</summary>
/// <remarks>The inputs broadcast as in NumPy. They may differ in element type; the result has the type of the base.</remarks>
internal sealed class Power() : Broadcasting("Pow", 2, 2)
{
    /// <inheritdoc/>
    protected override ElementType ElementOf(OperatorCall call) => call.Type(0).Element;

    /// <inheritdoc/>
    protected override Number Combine(IEnumerable<Number> operands)
    {
        double?[] known = [.. operands.Select(operand => operand.Real ?? operand.Integer)];
        return (known[0], known[1]) is ({ } x, { } exponent) ? Number.OfReal(Math.Pow(x, exponent)) : Number.Unknown;
    }
}
