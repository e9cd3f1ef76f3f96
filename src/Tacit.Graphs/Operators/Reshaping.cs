namespace Tacit.Graphs.Operators;

/// <summary>An operator that gives the same elements, in the same order, in another shape.</summary>
internal abstract class Reshaping(string name, int minimumInputs, int maximumInputs, params ReadOnlySpan<int> structural)
    : OperatorSchema(name, minimumInputs, maximumInputs, structural)
{
    internal sealed override IReadOnlyList<TensorType> Infer(OperatorCall call) =>
        [call.Type(0) with { Shape = NewShape(call, call.Shape(0)) }];

    internal sealed override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs) =>
        call.Value(0) is { } value ? [value.Reshape(outputs[0].Shape)] : null;

    protected static SizeExpression Count(IEnumerable<Dimension> dimensions) =>
        dimensions.Aggregate((SizeExpression)1, (product, dimension) => product * dimension);

    protected abstract Shape NewShape(OperatorCall call, Shape x);
}

/// <summary>Reshape to sizes given as a vector: 0 keeps the size at its place (unless allowzero), one -1 takes what is left.</summary>
internal sealed class Reshape() : Reshaping("Reshape", 2, 2, 1)
{
    protected override Shape NewShape(OperatorCall call, Shape x)
    {
        var numbers = call.Numbers(1);
        if (numbers.Count(size => size.Integer == -1) > 1)
        {
            throw call.Error("only one of the new sizes may be -1");
        }

        var sizes = numbers.Select((size, axis) => Resolve(call, x, size, axis)).ToArray();
        var open = sizes.Count(size => size is null);
        if (open > 1)
        {
            throw call.Undetermined("the new shape");
        }

        var count = Count(x);
        var stated = sizes.OfType<SizeExpression>().Aggregate((SizeExpression)1, (product, size) => product * size);
        var rest =
            open == 0 ? 1
            : stated.Constant == 0 ? 0
            : count.DivideDown(stated);
        var fits = (rest * stated).Equals(count);
        if (!fits && (count - stated).Constant is not null)
        {
            throw call.Error($"{x} does not have as many elements as {string.Join(" x ", numbers.Select(size => size.Size))}");
        }

        // A rest that is a quotient of symbols is taken for whole.
        return fits || (open == 1 && rest.Constant is null)
            ? new Shape([.. sizes.Select(size => call.Dimension(size ?? rest, "a size"))])
            : throw call.Undetermined($"whether {x} has as many elements as {string.Join(" x ", numbers.Select(size => size.Size))}");
    }

    // Null stands for the one size that is left to be computed.
    private static SizeExpression? Resolve(OperatorCall call, Shape x, Number size, int axis) =>
        size.Integer switch
        {
            -1 => null,
            < -1 => throw call.Error($"the size {size.Integer} has no meaning"),
            0 when call.Attributes.Int("allowzero") == 0 => axis < x.Rank
                ? x[axis]
                : throw call.Error($"there is no dimension {axis} to keep in {x}"),
            _ => size.Size,
        };
}

/// <summary>Flatten to a matrix: the axes before the attribute `axis` (1 by default) are the rows.</summary>
internal sealed class Flatten() : Reshaping("Flatten", 1, 1)
{
    protected override Shape NewShape(OperatorCall call, Shape x)
    {
        var stated = call.Attributes.Int("axis", 1);
        var axis = stated == x.Rank ? x.Rank : call.Axis(stated, x.Rank);
        return new Shape(Count(x.Take(axis)).ToDimension(), Count(x.Skip(axis)).ToDimension());
    }
}

/// <summary>Squeeze removes axes of size 1: those given, or all.</summary>
internal sealed class Squeeze() : Reshaping("Squeeze", 1, 2, 1)
{
    protected override Shape NewShape(OperatorCall call, Shape x)
    {
        if (!call.Has(1))
        {
            return new Shape([.. x.Where(dimension => dimension != 1)]);
        }

        var axes = call.Axes(call.Integers(1, "axes"), x.Rank);
        foreach (var axis in axes)
        {
            call.Same(x[axis], 1, $"the size of axis {axis} and 1");
        }

        return new Shape([.. x.Where((_, axis) => !axes.Contains(axis))]);
    }
}

/// <summary>Unsqueeze inserts axes of size 1, at the given places of the result.</summary>
internal sealed class Unsqueeze() : Reshaping("Unsqueeze", 2, 2, 1)
{
    protected override Shape NewShape(OperatorCall call, Shape x)
    {
        var stated = call.Integers(1, "axes");
        var axes = call.Axes(stated, x.Rank + stated.Length);
        var rest = new Queue<Dimension>(x);
        return new Shape([.. Enumerable.Range(0, x.Rank + axes.Length).Select(axis => axes.Contains(axis) ? 1 : rest.Dequeue())]);
    }
}
