namespace Tacit.Graphs.Operators;

/// <summary>Base class of operators that keep the elements and their order and change only the shape.</summary>
/// <param name="name">The ONNX operator name.</param>
/// <param name="minimumInputs">The smallest number of inputs a node may have.</param>
/// <param name="maximumInputs">The largest number of inputs a node may have.</param>
/// <param name="structural">The inputs that must be constant for execution; see <see cref="OperatorSchema.StructuralInputs"/>.</param>
internal abstract class Reshaping(string name, int minimumInputs, int maximumInputs, params ReadOnlySpan<int> structural)
    : OperatorSchema(name, minimumInputs, maximumInputs, structural)
{
    /// <inheritdoc/>
    internal sealed override IReadOnlyList<TensorType> Infer(OperatorCall call) =>
        [call.Type(0) with { Shape = NewShape(call, call.Shape(0)) }];

    /// <inheritdoc/>
    internal sealed override IReadOnlyList<PartialTensor>? Evaluate(OperatorCall call, IReadOnlyList<TensorType> outputs) =>
        call.Value(0) is { } value ? [value.Reshape(outputs[0].Shape)] : null;

    /// <summary>Returns the product of dimensions; 1 for an empty sequence.</summary>
    protected static SizeExpression Count(IEnumerable<Dimension> dimensions) =>
        dimensions.Aggregate((SizeExpression)1, (product, dimension) => product * dimension);

    /// <summary>Infers the shape of the output.</summary>
    /// <param name="call">The node and the known properties of its inputs.</param>
    /// <param name="x">The shape of the first input.</param>
    /// <exception cref="UnsuitableModelException">The new shape does not fit, or it cannot be determined.</exception>
    protected abstract Shape NewShape(OperatorCall call, Shape x);
}

/// <summary>Shape inference for Reshape: x (input 0) and the new sizes (input 1).</summary>
/// <remarks>
/// A size of 0 keeps the size of x at the same axis, unless the attribute <c>allowzero</c> is nonzero. One size may be -1; it is computed
/// from the remaining number of elements.
/// </remarks>
internal sealed class Reshape() : Reshaping("Reshape", 2, 2, 1)
{
    /// <inheritdoc/>
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

        // The open size may be a quotient of symbols; the division is assumed to leave no remainder.
        return fits || (open == 1 && rest.Constant is null)
            ? new Shape([.. sizes.Select(size => call.Dimension(size ?? rest, "a size"))])
            : throw call.Undetermined($"whether {x} has as many elements as {string.Join(" x ", numbers.Select(size => size.Size))}");
    }

    // Returns null for the one size that is computed from the others.
    private static SizeExpression? Resolve(OperatorCall call, Shape x, Number size, int axis) =>
        size.Integer switch
        {
            -1 => null,
            < -1 => throw call.Error($"the size {size.Integer} is not valid"),
            0 when call.Attributes.Int("allowzero") == 0 => axis < x.Rank
                ? x[axis]
                : throw call.Error($"there is no dimension {axis} to keep in {x}"),
            _ => size.Size,
        };
}

/// <summary>Shape inference for Flatten to a matrix.</summary>
/// <remarks>The axes before the attribute <c>axis</c> (default 1) form the rows; the others form the columns.</remarks>
internal sealed class Flatten() : Reshaping("Flatten", 1, 1)
{
    /// <inheritdoc/>
    protected override Shape NewShape(OperatorCall call, Shape x)
    {
        var stated = call.Attributes.Int("axis", 1);
        var axis = stated == x.Rank ? x.Rank : call.Axis(stated, x.Rank);
        return new Shape(Count(x.Take(axis)).ToDimension(), Count(x.Skip(axis)).ToDimension());
    }
}

/// <summary>
/// Shape inference for Squeeze, which removes the axes of size 1 listed in input 1, or all of them when input 1 is left out.
/// </summary>
internal sealed class Squeeze() : Reshaping("Squeeze", 1, 2, 1)
{
    /// <inheritdoc/>
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

/// <summary>Shape inference for Unsqueeze, which inserts axes of size 1.</summary>
/// <remarks>Input 1 lists the positions of the new axes in the output.</remarks>
internal sealed class Unsqueeze() : Reshaping("Unsqueeze", 2, 2, 1)
{
    /// <inheritdoc/>
    protected override Shape NewShape(OperatorCall call, Shape x)
    {
        var stated = call.Integers(1, "axes");
        var axes = call.Axes(stated, x.Rank + stated.Length);
        var rest = new Queue<Dimension>(x);
        return new Shape([.. Enumerable.Range(0, x.Rank + axes.Length).Select(axis => axes.Contains(axis) ? 1 : rest.Dequeue())]);
    }
}
