namespace Tacit.Graphs.Operators;

/// <summary>One node with what is known of its inputs: what an operator infers its outputs from.</summary>
internal sealed class OperatorCall(Node node, TensorType?[] types, PartialTensor?[] values)
{
    public Node Node => node;

    public Attributes Attributes => node.Attributes;

    public int InputCount => types.Length;

    public bool Has(int input) => input < types.Length && types[input] is not null;

    /// <summary>The type of an input.</summary>
    /// <exception cref="UnsuitableModelException">It is left out.</exception>
    public TensorType Type(int input) => Has(input) ? types[input]! : throw Error($"input {input} is missing");

    public Shape Shape(int input) => Type(input).Shape;

    /// <summary>What is known of the elements of an input; null where nothing is, or where it is not followed.</summary>
    public PartialTensor? Value(int input) => Has(input) ? values[input] : null;

    /// <summary>The integers that an input holds, each a number, a symbol, or unknown; all unknown where nothing is known.</summary>
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

    /// <summary>The integers that an input holds.</summary>
    /// <exception cref="UnsuitableModelException">One is not known.</exception>
    public long[] Integers(int input, string what) =>
        [.. Numbers(input).Select(number => number.Integer ?? throw Undetermined($"the {what} (input {input})"))];

    /// <summary>An axis counted from the front.</summary>
    public int Axis(long axis, int rank) =>
        axis >= -rank && axis < rank
            ? (int)(axis < 0 ? axis + rank : axis)
            : throw Error($"axis {axis} does not exist in a tensor of {rank} dimensions");

    /// <summary>Axes counted from the front.</summary>
    /// <exception cref="UnsuitableModelException">One does not exist, or comes twice.</exception>
    public int[] Axes(long[] axes, int rank)
    {
        int[] result = [.. axes.Select(axis => Axis(axis, rank))];
        return result.Distinct().Count() == result.Length ? result : throw Error($"the axes {string.Join(", ", axes)} name one twice");
    }

    /// <summary>A shape that must have the given number of dimensions.</summary>
    public Shape OfRank(int input, int rank, string what) =>
        Shape(input) is var shape && shape.Rank == rank
            ? shape
            : throw Error($"the {what} must have {rank} dimensions, not {shape.Rank} ({shape})");

    /// <summary>Checks that two inputs have the same type of elements.</summary>
    public void SameElements(int one, int other)
    {
        if (Type(one).Element != Type(other).Element)
        {
            throw Error($"the inputs differ in type: {Type(one)} and {Type(other)}");
        }
    }

    /// <summary>The size that two dimensions have in common.</summary>
    public Dimension Same(Dimension one, Dimension other, string what) =>
        (one == other, one.IsKnown && other.IsKnown) switch
        {
            (true, _) => one,
            (_, true) => throw Error($"{what} do not fit: {one} and {other}"),
            _ => throw Undetermined($"whether {what} fit ({one} and {other})"),
        };

    /// <summary>A dimension of the given size.</summary>
    public Dimension Dimension(SizeExpression size, string what) =>
        size.Constant is < 0 ? throw Error($"{what} would be {size}") : size.ToDimension();

    /// <summary>The shape that two broadcast to, as in NumPy.</summary>
    public Shape Broadcast(Shape one, Shape other)
    {
        var rank = Math.Max(one.Rank, other.Rank);
        var result = new Dimension[rank];
        for (var i = 0; i < rank; i++)
        {
            var a = i + one.Rank - rank is var ia and >= 0 ? one[ia] : 1;
            var b = i + other.Rank - rank is var ib and >= 0 ? other[ib] : 1;
            // A symbol beside a number other than 1 must be that number, or 1: both give the number.
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

    /// <summary>Whether the first axes of the inputs that carry the batch are the first one of a tensor of this rank that they broadcast to.</summary>
    public bool AlignFirst(IReadOnlyList<bool> carries, int rank) =>
        Enumerable.Range(0, InputCount).All(input => !carries[input] || Shape(input).Rank == rank);

    /// <summary>The node does not fit its inputs.</summary>
    public UnsuitableModelException Error(string message) => new($"{node}: {message}") { Node = node.Name };

    /// <summary>Something depends on a size that is not known.</summary>
    public UnsuitableModelException Undetermined(string what) =>
        new($"{node}: {what} cannot be determined from symbolic sizes or computed values; give the sizes of the inputs (--input-shape)")
        {
            Node = node.Name,
        };
}
