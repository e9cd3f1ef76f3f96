namespace Tacit.Graphs.Operators;

/// <summary>Shape inference for the comparison operators Equal, Less, LessOrEqual, Greater and GreaterOrEqual.</summary>
/// <remarks>
/// Both inputs have the same element type and broadcast as in NumPy. The result is Boolean. A comparison of symbolic sizes is known when it
/// has the same outcome for all values of the symbols.
/// </remarks>
/// <param name="name">The ONNX operator name.</param>
/// <param name="onDifference">Decides the comparison from the sign of left - right: -1, 0 or 1.</param>
internal sealed class Comparison(string name, Func<int, bool> onDifference) : Broadcasting(name, 2, 2)
{
    /// <inheritdoc/>
    protected override ElementType ElementOf(OperatorCall call)
    {
        call.SameElements(0, 1);
        return ElementType.Boolean;
    }

    /// <inheritdoc/>
    protected override Number Combine(IEnumerable<Number> operands)
    {
        Number[] pair = [.. operands];
        bool? holds = (pair[0], pair[1]) switch
        {
            ({ Real: { } a }, { Real: { } b }) => !double.IsNaN(a) && !double.IsNaN(b) && onDifference(a.CompareTo(b)),
            ({ Size: { } a, Real: null }, { Size: { } b, Real: null }) => OfSizes(a, b),
            _ => null,
        };
        return holds is { } known ? Number.OfSize(known ? 1 : 0) : Number.Unknown;
    }

    // Tries every sign that the difference can have. The outcome is known when all of them agree.
    private bool? OfSizes(SizeExpression left, SizeExpression right)
    {
        var (least, greatest) = ((left - right).Least, -(right - left).Least);
        var possible = new[] { -1, 0, 1 }
            .Where(sign => (least is not { } low || sign >= Math.Sign(low)) && (greatest is not { } high || sign <= Math.Sign(high)))
            .Select(onDifference)
            .Distinct()
            .ToList();
        return possible is [var same] ? same : null;
    }
}

/// <summary>Shape inference for And, Or and Xor of Boolean tensors that broadcast as in NumPy.</summary>
/// <param name="name">The ONNX operator name.</param>
/// <param name="onBooleans">Combines two truth values.</param>
internal sealed class Connective(string name, Func<bool, bool, bool> onBooleans) : Broadcasting(name, 2, 2)
{
    /// <inheritdoc/>
    protected override ElementType ElementOf(OperatorCall call) =>
        call.Type(0).Element == ElementType.Boolean && call.Type(1).Element == ElementType.Boolean
            ? ElementType.Boolean
            : throw call.Error($"the inputs must be Boolean, not {call.Type(0)} and {call.Type(1)}");

    /// <inheritdoc/>
    protected override Number Combine(IEnumerable<Number> operands)
    {
        long?[] known = [.. operands.Select(operand => operand.Integer)];
        return (known[0], known[1]) is ({ } a, { } b) ? Number.OfSize(onBooleans(a != 0, b != 0) ? 1 : 0) : Number.Unknown;
    }
}

/// <summary>Shape inference for Where: condition, x, y.</summary>
/// <remarks>
/// The output takes the elements of x where the Boolean condition is true and those of y elsewhere. All three inputs broadcast as in NumPy.
/// </remarks>
internal sealed class Where() : Broadcasting("Where", 3, 3)
{
    /// <inheritdoc/>
    protected override ElementType ElementOf(OperatorCall call)
    {
        call.SameElements(1, 2);
        return call.Type(0).Element == ElementType.Boolean
            ? call.Type(1).Element
            : throw call.Error($"the condition must be Boolean, not {call.Type(0)}");
    }

    /// <inheritdoc/>
    protected override Number Combine(IEnumerable<Number> operands)
    {
        Number[] three = [.. operands];
        return three[0].Integer is { } condition ? three[condition != 0 ? 1 : 2] : Number.Unknown;
    }
}
