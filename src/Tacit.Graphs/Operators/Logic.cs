namespace Tacit.Graphs.Operators;

/// <summary>Equal, Less and their like: a truth value for each pair of elements.</summary>
/// <param name="name">The operator.</param>
/// <param name="onDifference">What the sign of left - right makes true: that of -1, 0 or 1, as a number or of a size.</param>
internal sealed class Comparison(string name, Func<int, bool> onDifference) : Broadcasting(name, 2, 2)
{
    protected override ElementType ElementOf(OperatorCall call)
    {
        call.SameElements(0, 1);
        return ElementType.Boolean;
    }

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

    // What holds of every sign that the difference can have, whatever the symbols are.
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

/// <summary>And or Or of truth values.</summary>
internal sealed class Connective(string name, Func<bool, bool, bool> onBooleans) : Broadcasting(name, 2, 2)
{
    protected override ElementType ElementOf(OperatorCall call) =>
        call.Type(0).Element == ElementType.Boolean && call.Type(1).Element == ElementType.Boolean
            ? ElementType.Boolean
            : throw call.Error($"the inputs must be truth values, not {call.Type(0)} and {call.Type(1)}");

    protected override Number Combine(IEnumerable<Number> operands)
    {
        long?[] known = [.. operands.Select(operand => operand.Integer)];
        return (known[0], known[1]) is ({ } a, { } b) ? Number.OfSize(onBooleans(a != 0, b != 0) ? 1 : 0) : Number.Unknown;
    }
}

/// <summary>Where: condition, x, y; an element of x where the condition holds, and of y where it does not.</summary>
internal sealed class Where() : Broadcasting("Where", 3, 3)
{
    protected override ElementType ElementOf(OperatorCall call)
    {
        call.SameElements(1, 2);
        return call.Type(0).Element == ElementType.Boolean
            ? call.Type(1).Element
            : throw call.Error($"the condition must be truth values, not {call.Type(0)}");
    }

    protected override Number Combine(IEnumerable<Number> operands)
    {
        Number[] three = [.. operands];
        return three[0].Integer is { } condition ? three[condition != 0 ? 1 : 2] : Number.Unknown;
    }
}
