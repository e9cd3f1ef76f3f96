namespace Tacit.Graphs.Operators;

/// <summary>A node together with the types and known elements of its inputs, from which an operator infers its outputs.</summary>
/// <remarks>
/// The methods read inputs and attributes and check them. They report errors as <see cref="UnsuitableModelException"/> with the name of the
/// node.
/// </remarks>
/// <param name="node">The node.</param>
/// <param name="types">The type of each input; null for an input that is left out.</param>
/// <param name="values">The known elements of each input; null for an input that is not followed.</param>
internal sealed class OperatorCall(Node node, TensorType?[] types, PartialTensor?[] values)
{
    /// <summary>Gets the node.</summary>
    public Node Node => node;

    /// <summary>Gets the attributes of the node.</summary>
    public Attributes Attributes => node.Attributes;

    /// <summary>Gets the number of inputs in the node's list, including inputs that are left out in the middle.</summary>
    public int InputCount => types.Length;

    /// <summary>Determines whether an input is present. False when the list is shorter or the name is empty.</summary>
    /// <param name="input">The zero-based index of the input.</param>
    public bool Has(int input) => input < types.Length && types[input] is not null;

    /// <summary>Returns the type of an input.</summary>
    /// <param name="input">The zero-based index of the input.</param>
    /// <exception cref="UnsuitableModelException">The input is left out.</exception>
    public TensorType Type(int input) => Has(input) ? types[input]! : throw Error($"input {input} is missing");

    /// <summary>Returns the shape of an input.</summary>
    /// <param name="input">The zero-based index of the input.</param>
    /// <exception cref="UnsuitableModelException">The input is left out.</exception>
    public Shape Shape(int input) => Type(input).Shape;

    /// <summary>Returns the known elements of an input, or null when it is left out or not followed.</summary>
    /// <param name="input">The zero-based index of the input.</param>
    public PartialTensor? Value(int input) => Has(input) ? values[input] : null;

    /// <summary>Returns the elements of a vector or scalar of integers, such as the sizes of a Reshape.</summary>
    /// <param name="input">The zero-based index of the input.</param>
    /// <returns>One entry for each element: a number, a symbolic size or unknown.</returns>
    /// <exception cref="UnsuitableModelException">The input is not a vector of integers, or its length is unknown.</exception>
    public Number[] Numbers(int input)
    {
        var type = Type(input);
        if (type.Shape.Rank > 1 || type.Element is not (ElementType.Int64 or ElementType.Int32))
        {
            throw Error($"input {input} must be a vector of integers, not {type}");
        }

        return Value(input)?.Elements
            ?? (PartialTensor.Follows(type) ? PartialTensor.Unknown(type).Elements : throw Undetermined($"the length of input {input}"));
    }

    /// <summary>Returns the elements of a vector or scalar of integers, all of which must be known.</summary>
    /// <param name="input">The zero-based index of the input.</param>
    /// <param name="what">The meaning of the input, for the message.</param>
    /// <exception cref="UnsuitableModelException">The input is not a vector of integers, or an element is unknown.</exception>
    public long[] Integers(int input, string what) =>
        [.. Numbers(input).Select(number => number.Integer ?? throw Undetermined($"the {what} (input {input})"))];

    /// <summary>Converts an axis, which may count from the end, to an index from the front.</summary>
    /// <param name="axis">The axis, from -<paramref name="rank"/> to <paramref name="rank"/> - 1.</param>
    /// <param name="rank">The number of dimensions of the tensor.</param>
    /// <exception cref="UnsuitableModelException">The axis is out of range.</exception>
    public int Axis(long axis, int rank) =>
        axis >= -rank && axis < rank
            ? (int)(axis < 0 ? axis + rank : axis)
            : throw Error($"axis {axis} does not exist in a tensor of {rank} dimensions");

    /// <summary>Converts a list of axes to indices from the front.</summary>
    /// <param name="axes">The axes, each from -<paramref name="rank"/> to <paramref name="rank"/> - 1.</param>
    /// <param name="rank">The number of dimensions of the tensor.</param>
    /// <exception cref="UnsuitableModelException">An axis is out of range or occurs twice.</exception>
    public int[] Axes(long[] axes, int rank)
    {
        int[] result = [.. axes.Select(axis => Axis(axis, rank))];
        return result.Distinct().Count() == result.Length ? result : throw Error($"the axes {string.Join(", ", axes)} contain one twice");
    }

    /// <summary>Returns the shape of an input and checks its number of dimensions.</summary>
    /// <param name="input">The zero-based index of the input.</param>
    /// <param name="rank">The required number of dimensions.</param>
    /// <param name="what">The meaning of the input, for the message.</param>
    /// <exception cref="UnsuitableModelException">The number of dimensions differs.</exception>
    public Shape OfRank(int input, int rank, string what) =>
        Shape(input) is var shape && shape.Rank == rank
            ? shape
            : throw Error($"the {what} must have {rank} dimensions, not {shape.Rank} ({shape})");

    /// <summary>Checks that two inputs have the same element type.</summary>
    /// <exception cref="UnsuitableModelException">The element types differ.</exception>
    public void SameElements(int one, int other)
    {
        if (Type(one).Element != Type(other).Element)
        {
            throw Error($"the inputs differ in type: {Type(one)} and {Type(other)}");
        }
    }

    /// <summary>Checks that two dimensions are equal and returns their size.</summary>
    /// <param name="one">The first dimension.</param>
    /// <param name="other">The second dimension.</param>
    /// <param name="what">The meaning of the pair in the plural, for the message.</param>
    /// <exception cref="UnsuitableModelException">The sizes differ, or a symbol makes the comparison undecidable.</exception>
    public Dimension Same(Dimension one, Dimension other, string what) =>
        (one == other, one.IsKnown && other.IsKnown) switch
        {
            (true, _) => one,
            (_, true) => throw Error($"{what} do not fit: {one} and {other}"),
            _ => throw Undetermined($"whether {what} fit ({one} and {other})"),
        };

    /// <summary>Converts a computed size to a dimension.</summary>
    /// <param name="size">The size.</param>
    /// <param name="what">The meaning of the size, for the message.</param>
    /// <exception cref="UnsuitableModelException">The size is negative.</exception>
    public Dimension Dimension(SizeExpression size, string what) =>
        size.Constant is < 0 ? throw Error($"{what} would be {size}") : size.ToDimension();

    /// <summary>Returns the shape to which two shapes broadcast under the rules of NumPy.</summary>
    /// <remarks>
    /// Shapes are aligned at the last axis; a missing axis counts as 1. Two sizes fit when they are equal or one of them is 1.
    /// </remarks>
    /// <exception cref="UnsuitableModelException">The shapes do not broadcast, or two different symbols make it undecidable.</exception>
    public Shape Broadcast(Shape one, Shape other)
    {
        var rank = Math.Max(one.Rank, other.Rank);
        var result = new Dimension[rank];
        for (var i = 0; i < rank; i++)
        {
            var a = i + one.Rank - rank is var ia and >= 0 ? one[ia] : 1;
            var b = i + other.Rank - rank is var ib and >= 0 ? other[ib] : 1;
            // A symbol that meets a number other than 1 must have that value or 1. The result is the number in both cases.
            result[i] =
                a == b || b == 1 ? a
                : a == 1 ? b
                : a.IsKnown && !b.IsKnown ? a
                : b.IsKnown && !a.IsKnown ? b
                : a.IsKnown ? throw Error($"{one} and {other} do not broadcast")
                : throw Undetermined($"whether {one} and {other} broadcast");
        }

        return new Shape(result);
    }

    /// <summary>
    /// Determines whether the first axis of every input that carries the batch becomes the first axis of the broadcast result.
    /// </summary>
    /// <param name="carries">For each input, whether its first axis is the batch.</param>
    /// <param name="rank">The number of dimensions of the result.</param>
    public bool AlignFirst(IReadOnlyList<bool> carries, int rank) =>
        Enumerable.Range(0, InputCount).All(input => !carries[input] || Shape(input).Rank == rank);

    /// <summary>Creates the exception for a node that does not fit its inputs.</summary>
    /// <param name="message">What is wrong; the name of the node is prepended.</param>
    public UnsuitableModelException Error(string message) => new($"{node}: {message}") { Node = node.Name };

    /// <summary>Creates the exception for a result that depends on an unknown or symbolic size.</summary>
    /// <param name="what">What cannot be determined.</param>
    public UnsuitableModelException Undetermined(string what) =>
        new(
            $"{node}: {what} cannot be determined from symbolic sizes or computed values; give the shapes of the inputs (parameter 'inputs')"
        )
        {
            Node = node.Name,
        };
}
