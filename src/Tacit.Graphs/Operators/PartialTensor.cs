using System.Runtime.InteropServices;

namespace Tacit.Graphs.Operators;

/// <summary>An element of a tensor as far as it is known: a whole number or symbolic size, a real number, or unknown.</summary>
internal readonly record struct Number(SizeExpression? Size, double? Real)
{
    /// <summary>An element of which nothing is known.</summary>
    public static Number Unknown => default;

    /// <summary>The whole number, where it is one that is known.</summary>
    public long? Integer => Size?.Constant;

    public static Number OfSize(SizeExpression size) => new(size, null);

    public static Number OfReal(double real) => new(null, real);

    /// <summary>The element cast to another type.</summary>
    /// <exception cref="OverflowException">The type cannot hold it.</exception>
    public Number As(ElementType type) =>
        this switch
        {
            { Integer: { } whole } when type.IsFloatingPoint() => OfReal(whole).As(type),
            { Real: { } real } when type == ElementType.Float32 => OfReal((float)real),
            { Real: { } real } when type == ElementType.Boolean => OfSize(real != 0 ? 1 : 0),
            { Integer: { } whole } when type == ElementType.Boolean => OfSize(whole != 0 ? 1 : 0),
            { Real: { } real } when !type.IsFloatingPoint() => OfSize(checked((long)real)),
            _ => this,
        };
}

/// <summary>A small tensor whose elements are known in part: the sizes that exporters compute, and constants.</summary>
internal sealed class PartialTensor(ElementType element, long[] sizes, Number[] elements)
{
    /// <summary>Larger tensors are not followed.</summary>
    public const int MaximumCount = 65_536;

    public ElementType Element { get; } = element;

    public long[] Sizes { get; } = sizes;

    public Number[] Elements { get; } = elements;

    /// <summary>Whether every element is a number.</summary>
    public bool IsKnown => Elements.All(element => element.Real is not null || element.Integer is not null);

    /// <summary>Whether a tensor of this type is followed.</summary>
    public static bool Follows(TensorType type) =>
        type.Element
            is ElementType.Float32
                or ElementType.Float64
                or ElementType.Int64
                or ElementType.Int32
                or ElementType.Int16
                or ElementType.Int8
                or ElementType.UInt16
                or ElementType.UInt8
                or ElementType.Boolean
        && type.Shape.IsKnown
        && type.Shape.Aggregate(1d, (count, dimension) => count * dimension.Size) <= MaximumCount;

    /// <summary>A tensor of which only the type is known.</summary>
    public static PartialTensor Unknown(TensorType type) => new(type.Element, type.Shape.ToSizes(), new Number[type.Shape.ElementCount]);

    /// <summary>A constant; its type must be one that is followed.</summary>
    public static PartialTensor Of(TensorData data)
    {
        var elements = data.Element switch
        {
            ElementType.Float32 => data.As<float>().ToArray().Select(value => Number.OfReal(value)),
            ElementType.Float64 => data.As<double>().ToArray().Select(Number.OfReal),
            _ => data.ToInt64().Select(value => Number.OfSize(value)),
        };
        return new PartialTensor(data.Element, [.. data.Sizes], [.. elements]);
    }

    /// <summary>The tensor as a constant; null where an element is not a number.</summary>
    /// <exception cref="OverflowException">The element type cannot hold an element.</exception>
    public TensorData? ToData() =>
        !IsKnown
            ? null
            : Element switch
            {
                ElementType.Float32 => Pack(number => (float)RealOf(number)),
                ElementType.Float64 => Pack(RealOf),
                ElementType.Int64 => Pack(WholeOf),
                ElementType.Int32 => Pack(number => checked((int)WholeOf(number))),
                ElementType.Int16 => Pack(number => checked((short)WholeOf(number))),
                ElementType.UInt16 => Pack(number => checked((ushort)WholeOf(number))),
                ElementType.Int8 => Pack(number => checked((sbyte)WholeOf(number))),
                ElementType.UInt8 => Pack(number => checked((byte)WholeOf(number))),
                ElementType.Boolean => Pack(number => WholeOf(number) != 0),
                _ => null,
            };

    /// <summary>The same elements in another shape.</summary>
    public PartialTensor Reshape(Shape shape) => new(Element, shape.ToSizes(), Elements);

    /// <summary>A tensor of elements of this one: <paramref name="source"/> gives the place from which each is taken.</summary>
    public PartialTensor Rearrange(long[] sizes, Func<long[], long[]> source) =>
        new(Element, sizes, [.. Places.Of(sizes).Select(place => Elements[Places.Index(source(place), Sizes)])]);

    private static double RealOf(Number number) => number.Real ?? number.Integer!.Value;

    private static long WholeOf(Number number) => number.Integer ?? checked((long)number.Real!.Value);

    private TensorData Pack<T>(Func<Number, T> convert)
        where T : unmanaged =>
        new(TensorData.ElementOf<T>(), Sizes, MemoryMarshal.AsBytes<T>(Elements.Select(convert).ToArray()).ToArray());
}

/// <summary>Places in row-major tensors.</summary>
internal static class Places
{
    /// <summary>Every place of a tensor, in order.</summary>
    public static IEnumerable<long[]> Of(long[] sizes)
    {
        var count = sizes.Aggregate(1L, (product, size) => product * size);
        for (var index = 0L; index < count; index++)
        {
            var place = new long[sizes.Length];
            var rest = index;
            for (var axis = sizes.Length - 1; axis >= 0; axis--)
            {
                (rest, place[axis]) = Math.DivRem(rest, sizes[axis]);
            }

            yield return place;
        }
    }

    /// <summary>The index of a place among the elements.</summary>
    public static long Index(long[] place, long[] sizes) =>
        place.Zip(sizes).Aggregate(0L, (index, axis) => index * axis.Second + axis.First);
}
